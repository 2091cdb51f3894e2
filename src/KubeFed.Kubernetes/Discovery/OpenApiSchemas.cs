using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>
/// Answers whether a kind has a field, from the schemas a server publishes: OpenAPI v3 per group and version where served (1.24 and newer), else the one
/// v2 document. A subresource such as <c>scale</c> is discovery's to know (<see cref="ApiResource.Subresources"/>).
/// </summary>
public sealed class OpenApiSchemas(IKubeClient client)
{
    private const int MaxReferences = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<RequestPath, Task<JsonObject?>> _documents = [];

    /// <summary>True or false as the schema says; null when the server publishes none of the kind, or one that leaves the field open.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="path">Member names joined by dots: <c>spec.replicas</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KubeException">The server can't be asked, or answers with something that is no OpenAPI document.</exception>
    public async Task<bool?> HasFieldAsync(GroupVersionKind kind, string path, CancellationToken cancellationToken)
    {
        var schemas = await SchemasAsync(kind, cancellationToken).ConfigureAwait(false);
        var schema = Of(schemas, kind);
        return schema is null ? null : HasField(schemas!, schema, path.Split('.'));
    }

    /// <summary>The schema of a kind as the server publishes it, in which other types are only referred to; null when it publishes none.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KubeException">The server can't be asked, or answers with something that is no OpenAPI document.</exception>
    public async Task<JsonObject?> FindAsync(GroupVersionKind kind, CancellationToken cancellationToken) =>
        Of(await SchemasAsync(kind, cancellationToken).ConfigureAwait(false), kind);

    private static JsonObject? Of(JsonObject? schemas, GroupVersionKind kind) =>
        schemas?.Select(pair => pair.Value as JsonObject).FirstOrDefault(candidate => Describes(candidate, kind));

    private async Task<JsonObject?> SchemasAsync(GroupVersionKind kind, CancellationToken cancellationToken)
    {
        var place = RequestPath.OpenApiOf(kind.Group, kind.Version);
        return Map(Map(await DocumentAsync(place, cancellationToken).ConfigureAwait(false), "components", place), "schemas", place)
            ?? Map(await DocumentAsync(RequestPath.OpenApi, cancellationToken).ConfigureAwait(false), "definitions", RequestPath.OpenApi);
    }

    private static bool? HasField(JsonObject schemas, JsonObject start, string[] path)
    {
        var schema = start;
        foreach (var name in path)
        {
            var resolved = Resolve(schemas, schema);
            if ((resolved?["properties"] as JsonObject)?[name] is JsonObject member)
            {
                schema = member;
                continue;
            }

            // An object without properties, or one that keeps unknown fields, says nothing of its members.
            var open = resolved is null || resolved["properties"] is null || resolved["x-kubernetes-preserve-unknown-fields"] is not null;
            return open ? null : false;
        }

        return true;
    }

    /// <summary>Follows <c>$ref</c>, bare or as the only entry of <c>allOf</c>.</summary>
    private static JsonObject? Resolve(JsonObject schemas, JsonObject schema)
    {
        for (var i = 0; i < MaxReferences; i++)
        {
            var target = schema["$ref"] ?? (schema["allOf"] is JsonArray { Count: 1 } all ? (all[0] as JsonObject)?["$ref"] : null);
            if (target is not JsonValue value || !value.TryGetValue<string>(out var reference))
            {
                return schema;
            }

            if (schemas[reference[(reference.LastIndexOf('/') + 1)..]] is not JsonObject next)
            {
                return null;
            }

            schema = next;
        }

        return null;
    }

    private static bool Describes(JsonObject? schema, GroupVersionKind kind) =>
        schema?["x-kubernetes-group-version-kind"] is JsonArray kinds
        && kinds.OfType<JsonObject>().Any(entry => new GroupVersionKind(Text(entry, "group"), Text(entry, "version"), Text(entry, "kind")) == kind);

    private static string Text(JsonObject parent, string field) =>
        parent[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;

    private JsonObject? Map(JsonObject? parent, string field, RequestPath path) => parent?[field] switch
    {
        null => null,
        JsonObject map => map,
        var other => throw NotADocument(path, $"{field} is {(other is JsonArray ? "a list" : "a single value")} where a map belongs", null),
    };

    private KubeConnectionException NotADocument(RequestPath path, string why, Exception? inner) =>
        new(client.Settings.Name, ConnectionFailure.Malformed, $"GET {path}: the answer is not an OpenAPI document: {why}", inner);

    private async Task<JsonObject?> DocumentAsync(RequestPath path, CancellationToken cancellationToken)
    {
        Task<JsonObject?> reading;
        lock (_lock)
        {
            if (!_documents.TryGetValue(path, out reading!) || reading.IsFaulted || reading.IsCanceled)
            {
                reading = ReadAsync(path);
                _documents[path] = reading;
            }
        }

        return await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<JsonObject?> ReadAsync(RequestPath path)
    {
        try
        {
            return JsonText.ParseObject(await client.GetTextAsync(path, CancellationToken.None).ConfigureAwait(false));
        }
        catch (KubeApiException error) when (error.Code is 404 or 403)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw NotADocument(path, "it is not a JSON object", error);
        }
    }
}
