using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

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
/// <param name="Value">Null means JSON null (E-74); nothing for a removal, and for a template that is not expanded yet.</param>
/// <param name="Field">Where the entry stands, for messages: <c>spec.overrides[0].clusterOverrides[1]</c>.</param>
public sealed record OverrideOperation(OverrideOp Op, JsonPointer Path, JsonNode? Value, string Field)
{
    /// <summary>Changing these would make another object of it (E-72).</summary>
    private static readonly string[] Forbidden = ["/metadata/name", "/metadata/namespace", "/metadata/generateName", "/kind"];

    /// <summary>What <see cref="Value"/> is made of for each cluster; null when it is the same for all (P-65).</summary>
    public JsonNode? Template { get; private init; }

    /// <summary>The selector of its entry; null when the entry names its cluster.</summary>
    public LabelSelector? Selector { get; internal init; }

    /// <summary>Its value belongs into a Secret, and is not repeated in what is said of it.</summary>
    internal bool IsSecret { get; init; }

    /// <summary>The value is missing, not null: of a definition that does not know valueTemplate, that may be what is left of one.</summary>
    internal bool LacksValue { get; private init; }

    /// <summary>A value that is null, or was left out, which means the same (E-74).</summary>
    internal bool SetsNull => Op != OverrideOp.Remove && Value is null && Template is null;

    /// <summary>Reads one entry.</summary>
    /// <returns>Null when it can't be carried out; <paramref name="faults"/> then says why.</returns>
    /// <remarks>E-72 to E-74; RFC 6901: a path without a leading slash is refused, where KubeFed applied it to the wrong place (P-62).</remarks>
    internal static OverrideOperation? Read(JsonNode? entry, string field, List<FieldFault> faults)
    {
        var before = faults.Count;
        if (entry is not JsonObject map)
        {
            faults.Add(Fault("InvalidOverride", field, entry, "an operation must be an object", "Write op, path and value."));
            return null;
        }

        var path = ReadPath(map["path"], $"{field}.path", faults);
        var op = ReadOp(map["op"], $"{field}.op", faults);
        CheckTemplate(map, op, $"{field}.valueTemplate", faults);
        faults.AddRange(UnknownFields.OfOperation(map, field));
        return faults.Count > before
            ? null
            : new OverrideOperation(op, path, map["value"]?.DeepClone(), field) {
                Template = map["valueTemplate"]?.DeepClone(),
                LacksValue = !map.ContainsKey("value"),
            };
    }

    /// <summary>The operation as one cluster gets it.</summary>
    /// <exception cref="OverrideException">The cluster lacks a label that the template refers to.</exception>
    internal OverrideOperation For(ClusterFacts cluster) =>
        Template is null ? this : this with { Value = ValueTemplate.Expand(Template, cluster, $"{Field}.valueTemplate", IsSecret) };

    /// <summary>Changes the document in place.</summary>
    /// <exception cref="OverrideException">The path does not fit the document.</exception>
    /// <remarks>
    /// RFC 6902 with three safe liberties: replacing a missing member adds it (E-74), removing what is not there changes nothing (P-63), and adding a label
    /// or annotation to an object that has none makes the map (P-41).
    /// </remarks>
    public JsonObject Apply(JsonObject document)
    {
        var path = ListIndexes.Plain(Path, document, out var negative);
        if (negative is not null)
        {
            throw Refused($"{negative}. KubeFed counted such an index from the list's end");
        }

        var parentPath = path.Tokens.Take(path.Tokens.Count - 1).Aggregate(JsonPointer.Root, (pointer, token) => pointer.Append(token));
        var hasParent = parentPath.TryFind(document, out var parent);
        var exists = path.TryFind(document, out _);
        var op = Op;
        switch (op)
        {
            case OverrideOp.Remove when !exists && (parent is JsonObject || !hasParent):
                return document;
            case OverrideOp.Replace when !exists && parent is JsonObject:
                op = OverrideOp.Add;
                break;
            case OverrideOp.Add or OverrideOp.Replace when parent is null && IsMetadataMap(parentPath):
                op = OverrideOp.Add;
                MakeMetadataMap(document, parentPath.Tokens[1]);
                break;
        }

        var patch = new JsonObject { ["op"] = op.ToString().ToLowerInvariant(), ["path"] = path.ToString() };
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
            throw Refused(Why(error).Replace(path.ToString(), Excerpt.Of(path.ToString()), StringComparison.Ordinal));
        }
    }

    private OverrideException Refused(string why) =>
        new($"{Field} ({Op.ToString().ToLowerInvariant()} {Excerpt.Of(Path.ToString())}) can't be applied: {why}");

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

    private static OverrideOp ReadOp(JsonNode? node, string field, List<FieldFault> faults)
    {
        switch (Text(node))
        {
            case null when node is null:
            case "" or "replace":
                return OverrideOp.Replace;
            case "add":
                return OverrideOp.Add;
            case "remove":
                return OverrideOp.Remove;
            default:
                faults.Add(Fault("InvalidOverrideOp", field, node, "it must be add, remove or replace", "Leave op out to mean replace."));
                return OverrideOp.Replace;
        }
    }

    private static JsonPointer ReadPath(JsonNode? node, string field, List<FieldFault> faults)
    {
        var text = Text(node);
        if (text is null or "")
        {
            var why = node is null || text is not null ? "the path is missing" : $"the path must be a text, but is {JsonText.Write(node)}";
            faults.Add(Fault("InvalidOverridePath", field, node, why, "Write a JSON Pointer from the object's root, such as /spec/replicas.") with
            {
                Discreet = "the path must be a text",
            });
        }
        else if (text[0] != '/')
        {
            faults.Add(Fault("InvalidOverridePath", field, node, "it is not a JSON Pointer (RFC 6901), which starts with a slash", $"Write '/{text}'."));
        }
        else if (!JsonPointer.TryParse(text, out var pointer, out var error))
        {
            faults.Add(Fault(
                "InvalidOverridePath", field, node, $"it is not a JSON Pointer (RFC 6901): {error.TrimEnd('.')}",
                "Write '~' as '~0', and a '/' in a name as '~1'."));
        }
        else if (Forbidden.Contains(pointer.ToString(), StringComparer.Ordinal))
        {
            faults.Add(Fault(
                "ForbiddenOverridePath", field, node, "it would make another object of the copy, whose kind, name and namespace are its resource's",
                "Remove this operation."));
        }
        else
        {
            return pointer;
        }

        return JsonPointer.Root;
    }

    private static void CheckTemplate(JsonObject map, OverrideOp op, string field, List<FieldFault> faults)
    {
        if (map["valueTemplate"] is not { } template)
        {
            return;
        }

        if (map["value"] is not null)
        {
            faults.Add(Fault("InvalidOverride", field, template, "the operation has a value as well", "Keep one of value and valueTemplate."));
        }
        else if (op == OverrideOp.Remove)
        {
            faults.Add(Fault("InvalidOverride", field, template, "remove takes no value", "Remove the valueTemplate, or use replace."));
        }

        faults.AddRange(ValueTemplate.Check(template).Select(found =>
            Fault("InvalidValueTemplate", field + found.Place, found.Text, found.Error, "What a valueTemplate may refer to is in about_KubeFed_Placement.") with
            {
                Discreet = ValueTemplate.DiscreetError,
            }));
    }

    private static FieldFault Fault(string id, string field, JsonNode? value, string message, string remedy) =>
        new(id, field, value is null ? string.Empty : JsonText.Write(value), message, remedy);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>An override that is malformed or does not fit; the message names field, value and remedy.</summary>
public sealed class OverrideException(string message) : Exception(message);
