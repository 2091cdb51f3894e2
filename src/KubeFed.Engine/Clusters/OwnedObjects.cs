using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Writes the objects of one join and remembers which of them are its own: those it creates now, and those an earlier run of the same join created.
/// Objects others made are brought into shape and never claimed.
/// </summary>
internal sealed class OwnedObjects(string owner, IReadOnlyList<JoinedObject> recorded)
{
    private readonly List<JoinedObject> _own = [];
    private readonly List<(ObjectWriter Writer, JoinedObject Object)> _createdNow = [];

    /// <summary>All objects of this join, in the order they were made.</summary>
    public IReadOnlyList<JoinedObject> Own => [.. _own];

    public async Task<KubeObject> EnsureAsync(ObjectWriter writer, bool onHost, ApiResource resource, KubeObject wanted, CancellationToken cancellationToken)
    {
        var stored = await writer.FindLastingAsync(resource, wanted.Key, cancellationToken).ConfigureAwait(false);
        if (stored is not null && HasOtherRole(stored, wanted))
        {
            // K-11: a binding's roleRef cannot be changed.
            await writer.DeleteAsync(resource, stored.Key, stored.Uid, cancellationToken).ConfigureAwait(false);
            stored = null;
        }

        if (stored is null)
        {
            try
            {
                var marked = wanted.Clone().SetAnnotation(JoinRecord.OwnerAnnotation, owner);
                var created = await writer.CreateAsync(resource, marked, cancellationToken).ConfigureAwait(false);
                var item = new JoinedObject(onHost, resource, created.Key, created.Uid);
                _own.Add(item);
                _createdNow.Add((writer, item));
                return created;
            }
            catch (KubeApiException error) when (error.IsAlreadyExists)
            {
                // Another join of the same moment was quicker, as with the namespace two joins share.
                stored = await writer.Client.GetAsync(resource, wanted.Key, cancellationToken).ConfigureAwait(false);
            }
        }

        if (stored.Annotation(JoinRecord.OwnerAnnotation) == owner || recorded.Any(item => item.Uid == stored.Uid))
        {
            _own.Add(new JoinedObject(onHost, resource, stored.Key, stored.Uid));
        }

        return (await writer.UpdateAsync(resource, stored, wanted, cancellationToken).ConfigureAwait(false)).Object;
    }

    /// <summary>Takes back an object of this join that turned out not to be needed; one that is not ours stays.</summary>
    public async Task WithdrawAsync(ObjectWriter writer, ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        if (_own.Find(item => !item.OnHost && item.Resource == resource && item.Key == key) is { } item)
        {
            await writer.DeleteAsync(resource, key, item.Uid, cancellationToken).ConfigureAwait(false);
            _own.Remove(item);
            _createdNow.RemoveAll(created => created.Object == item);
        }
    }

    /// <summary>Deletes what this run created, last first; returns what could not be deleted.</summary>
    public async Task<IReadOnlyList<string>> RollBackAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        var silent = new HashSet<ObjectWriter>();
        foreach (var (writer, item) in Enumerable.Reverse(_createdNow))
        {
            if (silent.Contains(writer))
            {
                left.Add($"{item.Resource.Kind} {item.Key} in {writer.Cluster}");
                continue;
            }

            try
            {
                await writer.DeleteAsync(item.Resource, item.Key, item.Uid, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is KubeException or OperationCanceledException)
            {
                left.Add($"{item.Resource.Kind} {item.Key} in {writer.Cluster} ({error.Message})");
                if (error is not KubeApiException)
                {
                    // Each further attempt would wait as long for the same silence.
                    silent.Add(writer);
                }
            }
        }

        return left;
    }

    private static bool HasOtherRole(KubeObject stored, KubeObject wanted) =>
        wanted.Json.Map("roleRef") is { } role && !JsonSubset.Contains(stored.Json["roleRef"], role);
}
