using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using KubeFed.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Client;

/// <summary>The verbs of the Kubernetes API over HTTP.</summary>
internal sealed class KubeClient : IKubeClient
{
    private readonly KubeHttp _http;
    private readonly ListReader _lists;
    private readonly Watcher _watcher;

    public KubeClient(ConnectionSettings settings, KubeHttp http, TimeProvider time, ILogger logger)
    {
        Settings = settings;
        _http = http;
        _lists = new ListReader(http, time);
        _watcher = new Watcher(settings, http, time, logger);
        Discovery = new ApiDiscovery(settings.Name, http, logger);
    }

    public ConnectionSettings Settings { get; }

    public IApiDiscovery Discovery { get; }

    public Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        ObjectAsync(new KubeRequest(HttpMethod.Get, PathOf(resource, key)), resource, key.Name, cancellationToken);

    public Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        _lists.ReadAsync(resource, query, cancellationToken);

    public IAsyncEnumerable<KubeList> ListPagesAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken) =>
        _lists.PagesAsync(resource, query, held: false, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<T>> ReadPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, CancellationToken cancellationToken) =>
        _lists.ReducedPagesAsync(resource, query, keep, cancellationToken);

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        CheckNamespace(resource, value.Key);
        var path = options.Subresource is null
            ? RequestPath.Of(resource, value.Namespace)
            : RequestPath.Of(resource, value.Namespace, value.Name, options.Subresource);
        var wanted = options.Subresource is null ? resource : null;
        return ObjectAsync(Write(HttpMethod.Post, resource, path, SentBody.Json(value.Json), options), wanted, value.Name, cancellationToken);
    }

    public Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken) =>
        ObjectAsync(
            Write(HttpMethod.Put, resource, PathOf(resource, value.Key, options.Subresource), SentBody.Json(value.Json), options),
            HasOwnKind(options.Subresource) ? resource : null,
            value.Name,
            cancellationToken);

    public Task<KubeObject> PatchAsync(ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken)
    {
        var request = Write(HttpMethod.Patch, resource, PathOf(resource, key, options.Subresource), SentBody.Json(patch.Body), options) with
        {
            ContentType = patch.Kind switch
            {
                PatchKind.Json => MediaTypes.JsonPatch,
                PatchKind.Merge => MediaTypes.MergePatch,
                PatchKind.Strategic => MediaTypes.StrategicPatch,
                _ => throw new ArgumentOutOfRangeException(nameof(patch), patch.Kind, "Not a patch kind."),
            },
        };
        return ObjectAsync(request, HasOwnKind(options.Subresource) ? resource : null, key.Name, cancellationToken);
    }

    public Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        if (options.FieldManager.Length == 0)
        {
            throw new ArgumentException("Apply needs a field manager: the name that will own the fields.", nameof(options));
        }

        var request = Write(HttpMethod.Patch, resource, PathOf(resource, value.Key, options.Subresource), SentBody.Apply(value.Json), options) with
        {
            ContentType = MediaTypes.ApplyPatch,
        };
        request = options.Force ? request with { Query = [.. request.Query, new("force", "true")] } : request;
        return ObjectAsync(request, HasOwnKind(options.Subresource) ? resource : null, value.Name, cancellationToken);
    }

    public async Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new KubeRequest(HttpMethod.Delete, PathOf(resource, key)) { Body = SentBody.Json(DeleteBody(options)) };
        var answer = await ObjectAsync(request, null, string.Empty, cancellationToken).ConfigureAwait(false);
        return answer.Kind == "Status" ? null : answer;
    }

    public IAsyncEnumerable<WatchEvent> WatchAsync(ApiResource resource, ListQuery query, string resourceVersion, CancellationToken cancellationToken) =>
        _watcher.WatchAsync(resource, query, resourceVersion, cancellationToken);

    public async Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken)
    {
        var version = await ObjectAsync(new KubeRequest(HttpMethod.Get, RequestPath.ServerVersion), null, string.Empty, cancellationToken).ConfigureAwait(false);
        return new KubeVersion(Number("major"), Number("minor"), Text("gitVersion"));

        string Text(string field) => version.Json[field] is JsonValue value && value.TryGetValue<string>(out var text) ? Printable.Of(text) : string.Empty;

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
        ObjectAsync(
            new KubeRequest(HttpMethod.Post, PathOf(resource, key, subresource)) { Body = SentBody.Json(body.Json) },
            null,
            string.Empty,
            cancellationToken);

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

    private static KubeRequest Write(HttpMethod method, ApiResource resource, RequestPath path, byte[] body, WriteOptions options)
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

        return new KubeRequest(method, path) { Body = body, Query = query, CarriesSecret = SecretContent.IsIn(resource) };
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

    /// <summary>The status of an object is sent and answered as the whole object; scale and the like are objects of their own kinds.</summary>
    private static bool HasOwnKind(string? subresource) => subresource is null or "status";

    /// <summary>The answer as an object.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="resource">What the answer must be an object of; null where any kind will do.</param>
    /// <param name="name">What it must be called; empty where the server chooses.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    private Task<KubeObject> ObjectAsync(KubeRequest request, ApiResource? resource, string name, CancellationToken cancellationToken) =>
        _http.ReadAsync(
            request,
            (body, type) =>
            {
                JsonElement answer;
                try
                {
                    answer = JsonText.ParseElement(body.Span);
                }
                catch (JsonException error)
                {
                    throw _http.Failures.NotAnApiServer(request, type, error);
                }

                if (answer.ValueKind != JsonValueKind.Object)
                {
                    throw _http.Failures.NotAnApiServer(request, type, null);
                }

                return (AnswerShape.FaultOfObject(answer) ?? (resource is null ? null : AnswerShape.FaultOfIdentity(answer, resource.Kind, name))) is { } fault
                    ? throw _http.Failures.Malformed(request, fault)
                    : new KubeObject(JsonObject.Create(answer)!);
            },
            cancellationToken);
}
