using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Clusters;

/// <summary>Deals with the copies in a member, found by the managed label, as the caller of leave chose.</summary>
/// <remarks>P-14, E-103.</remarks>
internal sealed class PropagatedCopies(Federation federation, ObjectWriter member, LeavePolicy policy)
{
    private const int Concurrency = 8;

    /// <summary>An object that keeps changing is somebody else's to stop.</summary>
    private const int Attempts = 10;

    /// <summary>What had to stay although the policy is Delete, and why.</summary>
    public List<string> LeftBehind { get; } = [];

    /// <summary>How many there are; null when nobody looked.</summary>
    public int? Count { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (policy == LeavePolicy.Keep && !member.DryRun)
        {
            return;
        }

        Count = 0;
        var types = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        var self = await FederationIdentity.ReadAsync(federation.Host, federation.SystemNamespace, cancellationToken).ConfigureAwait(false);
        var versions = new ServedVersions(Task.FromResult(member.Client), cancellationToken);

        // Namespaces last: whether one may go depends on what is left in it.
        foreach (var type in types.OrderBy(type => type.IsNamespaceType))
        {
            var (target, copies) = await FindAsync(type.Target, versions, self, cancellationToken).ConfigureAwait(false);
            Count += copies.Count;
            if (policy == LeavePolicy.Keep)
            {
                continue;
            }

            if (policy == LeavePolicy.Orphan)
            {
                await ForEachAsync(target, ChangeKind.Update, copies, UnlabelAsync, cancellationToken).ConfigureAwait(false);
            }
            else if (type.IsNamespaceType)
            {
                await DeleteNamespacesAsync(target, copies, self, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ForEachAsync(target, ChangeKind.Delete, copies, DeleteAsync, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>This federation's copies of a type, in the version the member serves (P-53); those of another federation stay out of it.</summary>
    private async Task<(ApiResource Target, IReadOnlyList<KubeObject> Copies)> FindAsync(
        ApiResource type, ServedVersions versions, FederationIdentity self, CancellationToken cancellationToken)
    {
        try
        {
            return (type, await ListAsync(type, self, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return await versions.FindAsync(type).ConfigureAwait(false) is { } served
                ? (served, await ListAsync(served, self, cancellationToken).ConfigureAwait(false))
                : (type, []);
        }
    }

    private async Task<IReadOnlyList<KubeObject>> ListAsync(ApiResource target, FederationIdentity self, CancellationToken cancellationToken)
    {
        var query = new ListQuery { LabelSelector = $"{KubeFedNames.ManagedLabel}=true", MetadataOnly = true };
        var list = await member.Client.ListAsync(target, query, cancellationToken).ConfigureAwait(false);
        var copies = list.Items
            .Where(item => !item.IsDeleting && self.Owns(item) && MemberVersion.Of(item, self: self).Derived is null)
            .OrderBy(item => item.Key)
            .ToLookup(item => IsNameable(target, item.Key));
        LeftBehind.AddRange(copies[false].Select(item => $"{Excerpt.Of($"{target.Kind} {item.Key}")} in {member.Cluster}: no object can have such a name"));
        return [.. copies[true]];
    }

    /// <summary>What a member lists is not always what it could store.</summary>
    private static bool IsNameable(ApiResource target, ObjectKey key)
    {
        try
        {
            RequestPath.Of(target, key.Namespace, key.Name);
            return !target.Namespaced || !string.IsNullOrEmpty(key.Namespace);
        }
        catch (InvalidRequestException)
        {
            return false;
        }
    }

    private async Task DeleteNamespacesAsync(
        ApiResource target, IReadOnlyList<KubeObject> copies, FederationIdentity self, CancellationToken cancellationToken)
    {
        foreach (var copy in copies)
        {
            var onHost = await federation.Host.FindAsync(KnownResources.Namespaces, copy.Key, cancellationToken).ConfigureAwait(false);
            if (onHost?.Uid == copy.Uid)
            {
                // E-103: the member is the host, and its namespace holds the federated objects themselves.
                await ForEachAsync(target, ChangeKind.Update, [copy], UnlabelAsync, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // In a dry run the managed copies are still there; in a real one they may be terminating.
            var others = await NamespaceContents
                .ListAsync(member.Client, copy.Name, self.Owns, cancellationToken)
                .ConfigureAwait(false);
            if (others.Count == 0)
            {
                await ForEachAsync(target, ChangeKind.Delete, [copy], DeleteAsync, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                LeftBehind.Add(
                    $"Namespace {copy.Name} in {member.Cluster}: it holds {others.Count} objects that were not propagated, such as {others[0]}; "
                        + "it only lost its label");
                await ForEachAsync(target, ChangeKind.Update, [copy], UnlabelAsync, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ForEachAsync(
        ApiResource target,
        ChangeKind kind,
        IReadOnlyList<KubeObject> copies,
        Func<ApiResource, KubeObject, CancellationToken, Task> act,
        CancellationToken cancellationToken)
    {
        if (!member.DryRun)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(copies, options, async (copy, token) => await act(target, copy, token).ConfigureAwait(false)).ConfigureAwait(false);
        }

        foreach (var copy in copies)
        {
            member.Log.Add(kind, member.Cluster, target.Kind, copy.Key.ToString());
        }
    }

    /// <summary>Takes our marks off a copy, as long as it is one; what took its place, or lost the marks meanwhile, is left alone.</summary>
    private async Task UnlabelAsync(ApiResource target, KubeObject copy, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await member.Client
                    .PatchAsync(
                        target,
                        copy.Key,
                        CopyMarks.Removal(copy.Uid, copy.ResourceVersion),
                        new WriteOptions { FieldManager = KubeFedNames.FieldManager },
                        cancellationToken)
                    .ConfigureAwait(false);
                return;
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                // Deleted meanwhile: it has no label any more.
                return;
            }
            catch (KubeApiException error) when (error.IsConflict && attempt < Attempts)
            {
                if (await member.Client.FindAsync(target, copy.Key, cancellationToken).ConfigureAwait(false) is not { } fresh
                    || fresh.Uid != copy.Uid
                    || fresh.Label(KubeFedNames.ManagedLabel) != "true")
                {
                    return;
                }

                copy = fresh;
            }
        }
    }

    private async Task DeleteAsync(ApiResource target, KubeObject copy, CancellationToken cancellationToken)
    {
        try
        {
            var options = DeletionAnnotation.Unannotated with { PreconditionUid = copy.Uid };
            await member.Client.DeleteAsync(target, copy.Key, options, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // Somebody else deleted it first.
        }
    }
}
