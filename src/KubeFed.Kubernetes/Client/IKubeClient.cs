using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Client;

/// <summary>
/// One API server. Every method throws <see cref="KubeApiException"/> when the server refuses, <see cref="KubeConnectionException"/> when no usable
/// answer comes, <see cref="InvalidRequestException"/> when a name or another value can't be part of a request, and
/// <see cref="OperationCanceledException"/> when the caller cancels. Safe for concurrent use.
/// </summary>
public interface IKubeClient : IDisposable
{
    /// <summary>What this client was made from; its <c>ToString</c> shows no credential.</summary>
    ConnectionSettings Settings { get; }

    IApiDiscovery Discovery { get; }

    Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken);

    /// <summary>As <see cref="GetAsync"/>, but null when there is no such object (404).</summary>
    async Task<KubeObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(resource, key, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>All pages; when a continue token expires the list is read again without a limit.</summary>
    Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// The list page by page, for lists too long to hold; every page carries the list's resourceVersion. A continue token that expires ends it with
    /// <see cref="KubeApiException.IsExpired"/>: what was read so far is then no consistent whole.
    /// </summary>
    async IAsyncEnumerable<KubeList> ListPagesAsync(ApiResource resource, ListQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await ListAsync(resource, query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The list page by page as above, each item reduced to what <paramref name="keep"/> makes of it while its page is at hand: no object is made of it, so
    /// that a long list costs little more than what is kept of it. Items have no apiVersion or kind of their own; an element must not be kept itself.
    /// </summary>
    async IAsyncEnumerable<IReadOnlyList<T>> ReadPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in ListPagesAsync(resource, query, cancellationToken).ConfigureAwait(false))
        {
            yield return [.. page.Items.Select(item => keep(JsonSerializer.SerializeToElement(item.Json)))];
        }
    }

    Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>PUT; the object's resourceVersion, when set, must be the stored one.</summary>
    Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken);

    Task<KubeObject> PatchAsync(ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Server-side apply (KEP-555): <see cref="WriteOptions.FieldManager"/> comes to own exactly the fields in <paramref name="value"/>.</summary>
    Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>The object as the server left it (it may wait for finalizers), or null when the server answers with a bare Status.</summary>
    Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Events after <paramref name="resourceVersion"/>, resuming on clean closes and lost connections; ends with <see cref="KubeApiException.IsExpired"/>
    /// when the position is gone and the caller must list again.
    /// </summary>
    IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, ListQuery query, string resourceVersion, CancellationToken cancellationToken);

    Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken);

    /// <summary>The body of a plain GET such as <c>/readyz</c>.</summary>
    Task<string> GetTextAsync(RequestPath path, CancellationToken cancellationToken);

    /// <summary>POST to a subresource, such as a service account's <c>token</c> (TokenRequest).</summary>
    Task<KubeObject> PostSubresourceAsync(ApiResource resource, ObjectKey key, string subresource, KubeObject body, CancellationToken cancellationToken);
}

/// <summary>Makes clients; the one place where a transport is chosen.</summary>
public interface IKubeClientFactory
{
    /// <exception cref="KubeConfigException">The settings contradict each other or name a missing file.</exception>
    IKubeClient Create(ConnectionSettings settings);
}

/// <summary>
/// A way to reach certain servers other than by sockets. The factory asks each transport in turn; the first that claims the server supplies the handler,
/// and TLS and proxy settings do not apply. Credentials and everything above do.
/// </summary>
public interface IKubeTransport
{
    /// <summary>Null when this transport does not serve the address.</summary>
    HttpMessageHandler? TryCreateHandler(Uri server);
}
