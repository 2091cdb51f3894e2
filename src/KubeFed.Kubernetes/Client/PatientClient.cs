using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Client;

/// <summary>
/// A client that rides out a server, or its store, that is away for a moment and does not say when it will be back, as while etcd chooses a leader
/// (<see cref="KubeApiException.IsPassing"/>): reads and applies are made again a few times, within the connection's deadline. Where an answer was lost,
/// reads and writes that are <see cref="WriteOptions.Repeatable"/> are made again; any other write may have been carried out, or be under way still.
/// </summary>
public sealed class PatientClient(IKubeClient inner, TimeProvider time) : IKubeClient
{
    private readonly Patience _patience = new(inner.Settings.Timeout, time);

    public ConnectionSettings Settings => inner.Settings;

    public IApiDiscovery Discovery { get; } = new PatientDiscovery(inner.Discovery, new Patience(inner.Settings.Timeout, time));

    public Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        _patience.ReadAsync(() => inner.GetAsync(resource, key, cancellationToken), cancellationToken);

    public Task<KubeObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        _patience.ReadAsync(() => inner.FindAsync(resource, key, cancellationToken), cancellationToken);

    public Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        _patience.ReadAsync(() => inner.ListAsync(resource, query, cancellationToken), cancellationToken);

    public IAsyncEnumerable<KubeList> ListPagesAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        PagesAsync(() => inner.ListPagesAsync(resource, query, cancellationToken), cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<T>> ReadPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, CancellationToken cancellationToken) =>
        PagesAsync(() => inner.ReadPagesAsync(resource, query, keep, cancellationToken), cancellationToken);

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(options, isApply: false, () => inner.CreateAsync(resource, value, options, cancellationToken), cancellationToken);

    public Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(options, isApply: false, () => inner.ReplaceAsync(resource, value, options, cancellationToken), cancellationToken);

    public Task<KubeObject> PatchAsync(ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(options, isApply: false, () => inner.PatchAsync(resource, key, patch, options, cancellationToken), cancellationToken);

    public Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(options, isApply: true, () => inner.ApplyAsync(resource, value, options, cancellationToken), cancellationToken);

    public Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken) =>
        inner.DeleteAsync(resource, key, options, cancellationToken);

    public IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, ListQuery query, string resourceVersion, CancellationToken cancellationToken) =>
        inner.WatchAsync(resource, query, resourceVersion, cancellationToken);

    public Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken) =>
        _patience.ReadAsync(() => inner.GetVersionAsync(cancellationToken), cancellationToken);

    /// <remarks>Made once: probes ask this way, and a refusal is their answer.</remarks>
    public Task<string> GetTextAsync(RequestPath path, CancellationToken cancellationToken) => inner.GetTextAsync(path, cancellationToken);

    public Task<KubeObject> PostSubresourceAsync(
        ApiResource resource, ObjectKey key, string subresource, KubeObject body, CancellationToken cancellationToken) =>
        inner.PostSubresourceAsync(resource, key, subresource, body, cancellationToken);

    public void Dispose() => inner.Dispose();

    private Task<KubeObject> WriteAsync(WriteOptions options, bool isApply, Func<Task<KubeObject>> write, CancellationToken cancellationToken) =>
        options.Repeatable || options.DryRun ? _patience.ReadAsync(write, cancellationToken)
        : isApply ? _patience.AgainAsync(write, error => error is KubeApiException { IsPassing: true }, cancellationToken)
        : write();

    /// <summary>Begins again while nothing has been read yet; later pages belong to the list that was begun.</summary>
    private async IAsyncEnumerable<T> PagesAsync<T>(Func<IAsyncEnumerable<T>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = await _patience.ReadAsync(
            async () =>
            {
                var begun = open().GetAsyncEnumerator(cancellationToken);
                try
                {
                    return (Pages: begun, Any: await begun.MoveNextAsync().ConfigureAwait(false));
                }
                catch
                {
                    await begun.DisposeAsync().ConfigureAwait(false);
                    throw;
                }
            },
            cancellationToken).ConfigureAwait(false);
        await using var closing = pages.Pages.ConfigureAwait(false);
        for (var any = pages.Any; any; any = await pages.Pages.MoveNextAsync().ConfigureAwait(false))
        {
            yield return pages.Pages.Current;
        }
    }
}

/// <summary>As <see cref="PatientClient"/>, for what a server says of itself.</summary>
internal sealed class PatientDiscovery(IApiDiscovery inner, Patience patience) : IApiDiscovery
{
    public Task<DiscoveryResult> GetAllAsync(CancellationToken cancellationToken) =>
        patience.ReadAsync(() => inner.GetAllAsync(cancellationToken), cancellationToken);

    public Task<DiscoveryResult> GetPreferredAsync(CancellationToken cancellationToken) =>
        patience.ReadAsync(() => inner.GetPreferredAsync(cancellationToken), cancellationToken);

    public Task<ApiResource?> FindAsync(GroupVersionKind kind, CancellationToken cancellationToken) =>
        patience.ReadAsync(() => inner.FindAsync(kind, cancellationToken), cancellationToken);

    public Task<ApiResource> ResolveAsync(string name, string? version, CancellationToken cancellationToken) =>
        patience.ReadAsync(() => inner.ResolveAsync(name, version, cancellationToken), cancellationToken);

    public void Invalidate() => inner.Invalidate();
}

/// <summary>Makes a call again while what goes wrong is likely to pass.</summary>
/// <param name="deadline">No wait is begun that would end later than this after the first call.</param>
/// <param name="time">Measures and waits.</param>
internal sealed class Patience(TimeSpan deadline, TimeProvider time)
{
    /// <summary>About six seconds, waits doubling: a leader is chosen in less.</summary>
    private const int Attempts = 8;

    /// <summary>For what may be done twice, or late.</summary>
    public Task<T> ReadAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => AgainAsync(
        call,
        error => error is KubeApiException { IsPassing: true } or KubeConnectionException { Failure: ConnectionFailure.Interrupted },
        cancellationToken);

    public async Task<T> AgainAsync<T>(Func<Task<T>> call, Func<KubeException, bool> passes, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        for (var attempt = 1; ; attempt++)
        {
            var wait = backoff.Next();
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (KubeException error) when (attempt < Attempts && passes(error) && time.GetElapsedTime(started) + wait < deadline)
            {
                // The wait is outside, where a cancellation is the caller's own.
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>Makes patient clients.</summary>
public sealed class PatientClientFactory(IKubeClientFactory inner, TimeProvider time) : IKubeClientFactory
{
    public IKubeClient Create(ConnectionSettings settings) => new PatientClient(inner.Create(settings), time);
}
