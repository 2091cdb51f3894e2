using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>What one override entry does.</summary>
public enum OverrideOp
{
    Replace,
    Add,
    Remove,
}

/// <summary>One operation of <c>spec.overrides[].clusterOverrides[]</c>, checked.</summary>
/// <param name="Op">What to do; replace when the entry does not say (E-74).</param>
/// <param name="Path">Where, with no part of the object's identity.</param>
/// <param name="Value">Null means JSON null (E-74); nothing for a removal.</param>
/// <param name="Field">Where the entry stands, for messages: <c>spec.overrides[0].clusterOverrides[1]</c>.</param>
public sealed record OverrideOperation(OverrideOp Op, JsonPointer Path, JsonNode? Value, string Field)
{
    /// <summary>Changing these would make another object of it (E-72).</summary>
    private static readonly string[] Forbidden = ["/metadata/name", "/metadata/namespace", "/metadata/generateName", "/kind"];

    /// <summary>Reads one entry.</summary>
    /// <exception cref="OverrideException">Names the field, its value and what would be accepted.</exception>
    /// <remarks>E-72 to E-74; RFC 6901: a path without a leading slash is refused, where KubeFed applied it to the wrong place (P-62).</remarks>
    public static OverrideOperation Read(JsonNode? entry, string field)
    {
        if (entry is not JsonObject map)
        {
            throw new OverrideException($"{field} must be an object with op, path and value, but is {JsonText.Write(entry)}");
        }

        var path = ReadPath(map["path"], field);
        return new OverrideOperation(ReadOp(map["op"], field), path, map["value"]?.DeepClone(), field);
    }

    /// <summary>Changes the document in place.</summary>
    /// <exception cref="OverrideException">The path does not fit the document.</exception>
    /// <remarks>
    /// RFC 6902 with three safe liberties: replacing a missing member adds it (E-74), removing what is not there changes nothing (P-63), and adding a label
    /// or annotation to an object that has none makes the map (P-41).
    /// </remarks>
    public JsonObject Apply(JsonObject document)
    {
        var parentPath = Path.Tokens.Take(Path.Tokens.Count - 1).Aggregate(JsonPointer.Root, (pointer, token) => pointer.Append(token));
        var hasParent = parentPath.TryFind(document, out var parent);
        var exists = Path.TryFind(document, out _);
        var op = Op;
        switch (op)
        {
            case OverrideOp.Remove when !exists && (parent is JsonObject || !hasParent):
                return document;
            case OverrideOp.Replace when !exists && parent is JsonObject:
                op = OverrideOp.Add;
                break;
            case OverrideOp.Add or OverrideOp.Replace when !hasParent && IsMetadataMap(parentPath):
                op = OverrideOp.Add;
                MakeMetadataMap(document, parentPath.Tokens[1]);
                break;
        }

        var patch = new JsonObject { ["op"] = op.ToString().ToLowerInvariant(), ["path"] = Path.ToString() };
        if (op != OverrideOp.Remove)
        {
            patch["value"] = Value?.DeepClone();
        }

        try
        {
            return JsonPatch.ApplyToObject(document, [patch]);
        }
        catch (JsonPatchException error)
        {
            throw new OverrideException($"{field()} can't be applied: {Why(error)}");
        }

        string field() => $"{Field} ({Op.ToString().ToLowerInvariant()} {Path})";
    }

    private static string Why(JsonPatchException error)
    {
        // The patch's own message starts with the operation's position, which is always 0 here and would mislead.
        var colon = error.Message.IndexOf(" fails: ", StringComparison.Ordinal);
        return colon < 0 ? error.Message.TrimEnd('.') : error.Message[(colon + " fails: ".Length)..].TrimEnd('.');
    }

    private static bool IsMetadataMap(JsonPointer path) => path.Tokens is ["metadata", "labels" or "annotations"];

    private static void MakeMetadataMap(JsonObject document, string name)
    {
        if (document["metadata"] is not JsonObject metadata)
        {
            metadata = [];
            document["metadata"] = metadata;
        }

        metadata[name] = new JsonObject();
    }

    private static OverrideOp ReadOp(JsonNode? node, string field) => Text(node) switch
    {
        null when node is null => OverrideOp.Replace,
        "" or "replace" => OverrideOp.Replace,
        "add" => OverrideOp.Add,
        "remove" => OverrideOp.Remove,
        _ => throw new OverrideException($"{field}.op is {JsonText.Write(node)}; use add, remove or replace"),
    };

    private static JsonPointer ReadPath(JsonNode? node, string field)
    {
        if (Text(node) is not { Length: > 0 } text)
        {
            throw new OverrideException(node is null || Text(node) is not null
                ? $"{field}.path is missing; write a JSON Pointer such as /spec/replicas"
                : $"{field}.path must be a JSON Pointer such as /spec/replicas, but is {JsonText.Write(node)}");
        }

        if (text[0] != '/')
        {
            throw new OverrideException($"{field}.path is '{text}', which is not a JSON Pointer (RFC 6901): write '/{text}'");
        }

        if (!JsonPointer.TryParse(text, out var pointer, out var error))
        {
            throw new OverrideException($"{field}.path is not a JSON Pointer (RFC 6901): {error.TrimEnd('.')}");
        }

        if (Forbidden.Contains(pointer.ToString(), StringComparer.Ordinal))
        {
            throw new OverrideException($"{field}.path is '{text}', which would make it another object; name, namespace and kind can't be overridden");
        }

        return pointer;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>An override that is malformed or does not fit; the message names field, value and remedy.</summary>
public sealed class OverrideException(string message) : Exception(message);
