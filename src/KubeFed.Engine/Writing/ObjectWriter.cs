using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Writing;

/// <summary>What ensuring an object came to.</summary>
internal sealed record Ensured(ChangeKind Kind, KubeObject Object);

/// <summary>
/// Brings single objects of one cluster into the wanted state and logs it: reads, compares, and writes only a difference. In a dry run it reads and
/// compares all the same and writes nothing.
/// </summary>
internal sealed class ObjectWriter(IKubeClient client, string cluster, ChangeLog log, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly WriteOptions Options = new() { FieldManager = KubeFedNames.FieldManager };
    private static readonly WriteOptions Repeatable = Options with { Repeatable = true };

    public IKubeClient Client => client;

    public string Cluster => cluster;

    public ChangeLog Log => log;

    public bool DryRun => log.DryRun;

    /// <summary>Null also when the server does not serve the kind at all, as on an empty host.</summary>
    public Task<KubeObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        client.FindAsync(resource, key, cancellationToken);

    /// <summary>
    /// As <see cref="FindAsync"/>, but an object that is being deleted counts as gone, and is waited for to be so: a namespace or a definition that ends
    /// takes nothing new.
    /// </summary>
    /// <exception cref="FederationException"><c>ObjectBeingDeleted</c>: it is still there after a minute.</exception>
    public async Task<KubeObject?> FindLastingAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(resource, key, cancellationToken).ConfigureAwait(false);
        if (stored is not { IsDeleting: true } || DryRun)
        {
            return stored is { IsDeleting: true } ? null : stored;
        }

        log.Note($"Waiting until {resource.Kind} {key} in {cluster}, which is being deleted, is gone");
        KubeObject? successor = null;
        var gone = await Polling.UntilAsync<object>(
            time,
            Interval,
            Patience,
            async () =>
            {
                successor = await FindAsync(resource, key, cancellationToken).ConfigureAwait(false);
                return successor is { IsDeleting: true } ? null : log;
            },
            cancellationToken).ConfigureAwait(false);
        return gone is not null ? successor : throw new FederationException(
            "ObjectBeingDeleted",
            FederationProblem.TimedOut,
            $"{resource.Kind} {key} in {cluster} is being deleted and still there after {Patience.TotalSeconds:0} s; its finalizers are "
                + $"{(stored.Finalizers.Count > 0 ? string.Join(", ", stored.Finalizers) : "none")}.")
        {
            Remedy = "Find out what holds it, and run the command again when it is gone.",
            Target = key.ToString(),
        };
    }

    /// <summary>Creates the object or adds what it lacks; fields it has beyond those wanted stay. A field that is wanted null is removed.</summary>
    public async Task<Ensured> EnsureAsync(ApiResource resource, KubeObject wanted, CancellationToken cancellationToken)
    {
        var stored = await FindLastingAsync(resource, wanted.Key, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            try
            {
                return new Ensured(ChangeKind.Create, await CreateAsync(resource, wanted, Repeatable, cancellationToken).ConfigureAwait(false));
            }
            catch (KubeApiException error) when (error.IsAlreadyExists)
            {
                // Somebody else was quicker, or an answer was lost; what is there is compared like any other.
                stored = await client.GetAsync(resource, wanted.Key, cancellationToken).ConfigureAwait(false);
            }
        }

        return await UpdateAsync(resource, stored, wanted, cancellationToken).ConfigureAwait(false);
    }

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject wanted, CancellationToken cancellationToken) =>
        CreateAsync(resource, wanted, Options, cancellationToken);

    private async Task<KubeObject> CreateAsync(ApiResource resource, KubeObject wanted, WriteOptions options, CancellationToken cancellationToken)
    {
        wanted = WithoutNulls(wanted);
        var created = DryRun ? wanted : await client.CreateAsync(resource, wanted, options, cancellationToken).ConfigureAwait(false);
        log.Add(ChangeKind.Create, cluster, resource.Kind, NameOf(created));
        return created;
    }

    /// <summary>Adds to a stored object what it lacks of the wanted one, in one merge patch.</summary>
    public async Task<Ensured> UpdateAsync(ApiResource resource, KubeObject stored, KubeObject wanted, CancellationToken cancellationToken)
    {
        if (JsonSubset.Contains(stored.Json, wanted.Json))
        {
            log.Add(ChangeKind.Unchanged, cluster, resource.Kind, NameOf(stored));
            return new Ensured(ChangeKind.Unchanged, stored);
        }

        var merged = DryRun
            ? new KubeObject((JsonObject)MergePatch.Apply(stored.Clone().Json, wanted.Json)!)
            : await client.PatchAsync(resource, stored.Key, KubePatch.Merge(wanted.Clone().Json), Repeatable, cancellationToken).ConfigureAwait(false);
        log.Add(ChangeKind.Update, cluster, resource.Kind, NameOf(stored));
        return new Ensured(ChangeKind.Update, merged);
    }

    /// <summary>False when there was nothing to delete. With a UID, only that very object goes; another of its name counts as nothing.</summary>
    public async Task<bool> DeleteAsync(ApiResource resource, ObjectKey key, string? uid, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(resource, key, cancellationToken).ConfigureAwait(false);
        if (stored is null || (uid is not null && stored.Uid != uid))
        {
            return false;
        }

        if (!DryRun)
        {
            try
            {
                var options = new DeleteOptions { PreconditionUid = stored.Uid, Propagation = DeletionPropagation.Background };
                await client.DeleteAsync(resource, key, options, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                return false;
            }
        }

        log.Add(ChangeKind.Delete, cluster, resource.Kind, NameOf(stored));
        return true;
    }

    private static KubeObject WithoutNulls(KubeObject value)
    {
        var copy = value.Clone();
        Strip(copy.Json);
        return copy;

        static void Strip(JsonObject map)
        {
            foreach (var name in map.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
            {
                map.Remove(name);
            }

            foreach (var child in map.Select(pair => pair.Value).OfType<JsonObject>())
            {
                Strip(child);
            }
        }
    }

    private static string NameOf(KubeObject value) =>
        value.Name.Length > 0
            ? value.Key.ToString()
            : new ObjectKey(value.Namespace, $"{value.Json.Map("metadata").Text("generateName")}*").ToString();
}
