using System.Text.Json;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <summary>One write that a server took.</summary>
/// <param name="Resource">What was written.</param>
/// <param name="Key">The object.</param>
/// <param name="Action">create, update or delete.</param>
/// <param name="Now">The object as the server answered; null for deletions.</param>
/// <param name="Took">From asking to the answer.</param>
internal sealed record ObservedWrite(ApiResource Resource, ObjectKey Key, string Action, KubeObject? Now, TimeSpan Took);

/// <summary>A client whose writes somebody learns of, who counts them and need not wait for a watch to tell them. It owns nothing.</summary>
internal sealed class ObservedClient(IKubeClient inner, TimeProvider time, Action<ObservedWrite> wrote) : IKubeClient
{
    public ConnectionSettings Settings => inner.Settings;

    public IApiDiscovery Discovery => inner.Discovery;

    public Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        inner.GetAsync(resource, key, cancellationToken);

    public Task<KubeObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        inner.FindAsync(resource, key, cancellationToken);

    public Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        inner.ListAsync(resource, query, cancellationToken);

    public IAsyncEnumerable<KubeList> ListPagesAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        inner.ListPagesAsync(resource, query, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<T>> ReadPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, CancellationToken cancellationToken) =>
        inner.ReadPagesAsync(resource, query, keep, cancellationToken);

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        ObserveAsync(resource, value.Key, "create", options.DryRun, inner.CreateAsync(resource, value, options, cancellationToken));

    public Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        ObserveAsync(resource, value.Key, "update", options.DryRun, inner.ReplaceAsync(resource, value, options, cancellationToken));

    public Task<KubeObject> PatchAsync(
        ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken) =>
        ObserveAsync(resource, key, "update", options.DryRun, inner.PatchAsync(resource, key, patch, options, cancellationToken));

    public Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        var action = value.ResourceVersion is "" or CellWriter.NeverCurrent ? "create" : "update";
        return ObserveAsync(resource, value.Key, action, options.DryRun, inner.ApplyAsync(resource, value, options, cancellationToken));
    }

    public async Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var left = await inner.DeleteAsync(resource, key, options, cancellationToken).ConfigureAwait(false);
        if (!options.DryRun)
        {
            wrote(new ObservedWrite(resource, key, "delete", null, time.GetElapsedTime(started)));
        }

        return left;
    }

    public IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, ListQuery query, string resourceVersion, CancellationToken cancellationToken) =>
        inner.WatchAsync(resource, query, resourceVersion, cancellationToken);

    public Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken) => inner.GetVersionAsync(cancellationToken);

    public Task<string> GetTextAsync(RequestPath path, CancellationToken cancellationToken) => inner.GetTextAsync(path, cancellationToken);

    public Task<KubeObject> PostSubresourceAsync(
        ApiResource resource, ObjectKey key, string subresource, KubeObject body, CancellationToken cancellationToken) =>
        inner.PostSubresourceAsync(resource, key, subresource, body, cancellationToken);

    public void Dispose()
    {
        // Whoever made the client it passes on to closes that.
    }

    private async Task<KubeObject> ObserveAsync(ApiResource resource, ObjectKey key, string action, bool dryRun, Task<KubeObject> write)
    {
        var started = time.GetTimestamp();
        var now = await write.ConfigureAwait(false);
        if (!dryRun)
        {
            wrote(new ObservedWrite(resource, key, action, now, time.GetElapsedTime(started)));
        }

        return now;
    }
}
