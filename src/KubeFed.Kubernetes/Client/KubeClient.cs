using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Client;

/// <summary>The verbs of the Kubernetes API over HTTP.</summary>
internal sealed class KubeClient : IKubeClient
{
    private readonly KubeHttp _http;
    private readonly Watcher _watcher;

    public KubeClient(ConnectionSettings settings, KubeHttp http, TimeProvider time, ILogger logger)
    {
        Settings = settings;
        _http = http;
        _watcher = new Watcher(settings, http, time, logger);
        Discovery = new ApiDiscovery(settings.Name, http, logger);
    }

    public ConnectionSettings Settings { get; }

    public IApiDiscovery Discovery { get; }

    public Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        ObjectAsync(new KubeRequest(HttpMethod.Get, PathOf(resource, key)), cancellationToken);

    public async Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken)
    {
        var items = new List<KubeObject>();
        var version = string.Empty;
        try
        {
            await foreach (var page in ListPagesAsync(resource, query, cancellationToken).ConfigureAwait(false))
            {
                items.AddRange(page.Items);
                version = page.ResourceVersion;
            }

            return new KubeList(items, version);
        }
        catch (KubeApiException expired) when (expired.IsExpired && items.Count > 0)
        {
            // The pages read so far belong to a state that is gone: one whole list, without a limit, can't expire half way.
            var (page, _) = await PageAsync(resource, query with { PageSize = 0 }, null, cancellationToken).ConfigureAwait(false);
            return page;
        }
    }

    public async IAsyncEnumerable<KubeList> ListPagesAsync(ApiResource resource, ListQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            (var page, next) = await PageAsync(resource, query, next, cancellationToken).ConfigureAwait(false);
            yield return page;
        }
        while (next is not null);
    }

    public async IAsyncEnumerable<IReadOnlyList<T>> ReadPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = ListOf(resource, query, next);
            (var page, next) = await _http.ReadAsync(request, (body, type) => Keep(request, body, type, keep), cancellationToken).ConfigureAwait(false);
            yield return page;
        }
        while (next is not null);
    }

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        CheckNamespace(resource, value.Key);
        var path = options.Subresource is null
            ? RequestPath.Of(resource, value.Namespace)
            : RequestPath.Of(resource, value.Namespace, value.Name, options.Subresource);
        return ObjectAsync(Write(HttpMethod.Post, path, JsonText.WriteUtf8(value.Json), options), cancellationToken);
    }

    public Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        ObjectAsync(Write(HttpMethod.Put, PathOf(resource, value.Key, options.Subresource), JsonText.WriteUtf8(value.Json), options), cancellationToken);

    public Task<KubeObject> PatchAsync(ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken)
    {
        var request = Write(HttpMethod.Patch, PathOf(resource, key, options.Subresource), JsonText.WriteUtf8(patch.Body), options) with
        {
            ContentType = patch.Kind switch
            {
                PatchKind.Json => MediaTypes.JsonPatch,
                PatchKind.Merge => MediaTypes.MergePatch,
                PatchKind.Strategic => MediaTypes.StrategicPatch,
                _ => throw new ArgumentOutOfRangeException(nameof(patch), patch.Kind, "Not a patch kind."),
            },
        };
        return ObjectAsync(request, cancellationToken);
    }

    public Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        if (options.FieldManager.Length == 0)
        {
            throw new ArgumentException("Apply needs a field manager: the name that will own the fields.", nameof(options));
        }

        var request = Write(HttpMethod.Patch, PathOf(resource, value.Key, options.Subresource), ApplyBody.Write(value.Json), options) with
        {
            ContentType = MediaTypes.ApplyPatch,
        };
        return ObjectAsync(options.Force ? request with { Query = [.. request.Query, new("force", "true")] } : request, cancellationToken);
    }

    public async Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new KubeRequest(HttpMethod.Delete, PathOf(resource, key)) { Body = JsonText.WriteUtf8(DeleteBody(options)) };
        var answer = await ObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Kind == "Status" ? null : answer;
    }

    public IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, ListQuery query, string resourceVersion, CancellationToken cancellationToken) =>
        _watcher.WatchAsync(resource, query, resourceVersion, cancellationToken);

    public async Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken)
    {
        var version = await ObjectAsync(new KubeRequest(HttpMethod.Get, RequestPath.ServerVersion), cancellationToken).ConfigureAwait(false);
        return new KubeVersion(Number("major"), Number("minor"), Text("gitVersion"));

        string Text(string field) => version.Json[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;

        // Some distributions write "20+".
        int Number(string field) =>
            int.TryParse(string.Concat(Text(field).TakeWhile(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public async Task<string> GetTextAsync(RequestPath path, CancellationToken cancellationToken)
    {
        var answer = await _http.SendAsync(new KubeRequest(HttpMethod.Get, path) { Accept = "application/json, */*" }, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(answer.Body);
    }

    public Task<KubeObject> PostSubresourceAsync(
        ApiResource resource, ObjectKey key, string subresource, KubeObject body, CancellationToken cancellationToken) =>
        ObjectAsync(new KubeRequest(HttpMethod.Post, PathOf(resource, key, subresource)) { Body = JsonText.WriteUtf8(body.Json) }, cancellationToken);

    public void Dispose() => _http.Dispose();

    private static RequestPath PathOf(ApiResource resource, ObjectKey key, string? subresource = null)
    {
        CheckNamespace(resource, key);
        return RequestPath.Of(resource, key.Namespace, key.Name, subresource);
    }

    private static void CheckNamespace(ApiResource resource, ObjectKey key)
    {
        if (resource.Namespaced && string.IsNullOrEmpty(key.Namespace))
        {
            throw new InvalidRequestException("namespace", string.Empty, $"is missing: {resource.QualifiedName} is namespaced");
        }
    }

    private static KubeRequest Write(HttpMethod method, RequestPath path, byte[] body, WriteOptions options)
    {
        var query = new List<KeyValuePair<string, string>>();
        if (options.FieldManager.Length > 0)
        {
            query.Add(new("fieldManager", options.FieldManager));
        }

        if (options.DryRun)
        {
            query.Add(new("dryRun", "All"));
        }

        return new KubeRequest(method, path) { Body = body, Query = query };
    }

    private static JsonObject DeleteBody(DeleteOptions options)
    {
        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions" };
        if (options.Propagation is { } propagation)
        {
            body["propagationPolicy"] = propagation.ToString();
        }

        if (options.GracePeriodSeconds is { } seconds)
        {
            body["gracePeriodSeconds"] = seconds;
        }

        if (options.PreconditionUid is not null || options.PreconditionResourceVersion is not null)
        {
            var preconditions = new JsonObject();
            body["preconditions"] = preconditions;
            if (options.PreconditionUid is { } uid)
            {
                preconditions["uid"] = uid;
            }

            if (options.PreconditionResourceVersion is { } version)
            {
                preconditions["resourceVersion"] = version;
            }
        }

        if (options.DryRun)
        {
            body["dryRun"] = new JsonArray("All");
        }

        return body;
    }

    private async Task<(KubeList Page, string? Next)> PageAsync(ApiResource resource, ListQuery query, string? token, CancellationToken cancellationToken)
    {
        var json = await JsonAsync(ListOf(resource, query, token), cancellationToken).ConfigureAwait(false);
        var metadata = json["metadata"] as JsonObject;
        var items = new List<KubeObject>();
        if (json["items"] is JsonArray array)
        {
            // Taken out from the end, so that each item becomes a tree of its own without shifting the rest.
            for (var i = array.Count - 1; i >= 0; i--)
            {
                var item = array[i] as JsonObject;
                array.RemoveAt(i);
                if (item is not null)
                {
                    items.Add(ObjectShape.OfResource(item, resource, query.MetadataOnly));
                }
            }

            items.Reverse();
        }

        return (new KubeList(items, Text("resourceVersion") ?? string.Empty), Text("continue") is { Length: > 0 } next ? next : null);

        string? Text(string field) => metadata?[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    private static KubeRequest ListOf(ApiResource resource, ListQuery query, string? token) => new(HttpMethod.Get, RequestPath.Of(resource, query.Namespace))
    {
        Query = ListParameters.Of(query, token),
        Accept = query.MetadataOnly ? MediaTypes.MetadataList : MediaTypes.Json,
    };

    private (IReadOnlyList<T> Page, string? Next) Keep<T>(KubeRequest request, ReadOnlyMemory<byte> body, MediaTypeHeaderValue? type, Func<JsonElement, T> keep)
    {
        try
        {
            using var document = JsonText.ParseDocument(body);
            var kept = new List<T>();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new JsonException("A JSON object was expected.");
            }

            if (document.RootElement.TryGetProperty("items"u8, out var items) && items.ValueKind == JsonValueKind.Array)
            {
                kept.EnsureCapacity(items.GetArrayLength());
                foreach (var item in items.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Object)
                    {
                        kept.Add(keep(item));
                    }
                }
            }

            return (kept, document.RootElement.TryGetProperty("metadata"u8, out var metadata)
                && metadata.ValueKind == JsonValueKind.Object
                && metadata.TryGetProperty("continue"u8, out var next)
                && next.ValueKind == JsonValueKind.String
                && next.GetString() is { Length: > 0 } token ? token : null);
        }
        catch (JsonException error)
        {
            throw ConnectionFailures.NotAnApiServer(Settings, request, type, error);
        }
    }

    private async Task<KubeObject> ObjectAsync(KubeRequest request, CancellationToken cancellationToken) =>
        new(await JsonAsync(request, cancellationToken).ConfigureAwait(false));

    private async Task<JsonObject> JsonAsync(KubeRequest request, CancellationToken cancellationToken)
    {
        var answer = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonText.ParseObject(answer.Body);
        }
        catch (JsonException error)
        {
            throw ConnectionFailures.NotAnApiServer(Settings, request, answer.ContentType, error);
        }
    }
}
