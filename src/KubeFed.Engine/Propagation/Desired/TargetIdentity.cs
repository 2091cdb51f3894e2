using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Keeps a copy the object that its resource stands for: group and kind are the enabled type's, name and namespace the resource's. Template and overrides,
/// which whoever may write the resource has written, choose nothing but the version of the type.
/// </summary>
/// <remarks>
/// E-52, E-53, E-72, E-73. KubeFed sent the copy wherever its apiVersion pointed; then a sync would write, with the member's rights, what the resource's
/// author may not, and leave it behind when the resource is deleted.
/// </remarks>
internal static class TargetIdentity
{
    /// <summary>The version of the type that a document chooses: <c>group/version</c>; null when it leaves that to the type.</summary>
    /// <exception cref="OverrideException">It names another group, or nothing that can be a version.</exception>
    public static string? ChosenVersion(JsonObject document, ApiResource target) => Fault(document["apiVersion"], target) is { } why
        ? throw new OverrideException($"apiVersion: {Excerpt.Of(JsonText.Write(document["apiVersion"]))}: {why}. {Remedy(target)}")
        : document.NonEmptyText("apiVersion") is { } text ? Written(text) : null;

    /// <summary>What is wrong with the version that a template chooses; null when nothing is.</summary>
    public static FieldFault? OfVersion(JsonObject template, ApiResource target) => Fault(template["apiVersion"], target) is { } why
        ? new FieldFault("InvalidTemplate", "spec.template.apiVersion", JsonText.Write(template["apiVersion"]), why, Remedy(target))
        : null;

    /// <summary>What in a template speaks of another object than the copy. A sync refuses a foreign version, and makes the kind its type's (E-52).</summary>
    public static IEnumerable<FieldFault> OfTemplate(JsonObject template, ApiResource target)
    {
        if (OfVersion(template, target) is { } version)
        {
            yield return version;
        }

        if (template["kind"] is { } kind && JsonText.Write(kind) != JsonText.Write(target.Kind))
        {
            yield return new FieldFault(
                "InvalidTemplate",
                "spec.template.kind",
                JsonText.Write(kind),
                $"this type propagates {target.Kind}",
                "Leave kind out, or use the federated type of that kind (enable it with Enable-KubeFedType).");
        }
    }

    /// <summary>What in the overrides would make another object of the copy, wherever their values are the same for all clusters.</summary>
    public static IEnumerable<FieldFault> OfOverrides(OverrideSet overrides, FederatedResource resource)
    {
        foreach (var operation in overrides.Rules.SelectMany(rule => rule.Operations).Where(o => o.Op != OverrideOp.Remove && o.Template is null))
        {
            if (operation.Path.Tokens is ["apiVersion"] && Fault(operation.Value, resource.Type.Target) is { } why)
            {
                yield return new FieldFault("InvalidOverride", $"{operation.Field}.value", JsonText.Write(operation.Value), why, Remedy(resource.Type.Target));
            }
            else if (operation.Path.Tokens is ["metadata"] && operation.Value is JsonObject metadata && Renamed(metadata, resource.TargetKey, null) is { } field)
            {
                yield return new FieldFault(
                    "ForbiddenOverridePath",
                    $"{operation.Field}.value.{field}",
                    JsonText.Write(metadata[field]),
                    $"it would make another object of the copy, whose {field} is its resource's",
                    $"Leave {field} out of it.");
            }
        }
    }

    /// <summary>Refuses what overrides have made of a document when that is another object.</summary>
    /// <exception cref="OverrideException">It has another name, namespace or kind than before.</exception>
    public static void ThrowIfOther(JsonObject before, JsonObject after, ObjectKey key)
    {
        var field = !JsonNode.DeepEquals(before["kind"], after["kind"]) ? "kind"
            : after["metadata"] is JsonObject metadata && Renamed(metadata, key, before["metadata"] as JsonObject) is { } renamed ? $"metadata.{renamed}"
            : null;
        if (field is not null)
        {
            throw new OverrideException($"spec.overrides: they change {field}, which would make another object of the copy. Take that out of the overrides.");
        }
    }

    private static string? Renamed(JsonObject metadata, ObjectKey key, JsonObject? before)
    {
        return Differs("name", key.Name) ? "name" : Differs("namespace", key.Namespace) ? "namespace" : Differs("generateName", null) ? "generateName" : null;

        bool Differs(string field, string? own) => metadata[field] is { } value
            && JsonText.Write(value) != JsonText.Write(own)
            && !JsonNode.DeepEquals(value, before?[field]);
    }

    private static string? Fault(JsonNode? apiVersion, ApiResource target)
    {
        if (apiVersion is null)
        {
            return null;
        }

        if (apiVersion is not JsonValue value || !value.TryGetValue<string>(out var text))
        {
            return "it must be a text";
        }

        if (text.Length == 0)
        {
            return null;
        }

        var chosen = GroupVersionKind.Parse(Written(text), target.Kind);
        return chosen.Group != target.Group ? $"it is of another API group than this type, which propagates {target.Kind} of {target.ApiVersion}"
            : !RequestPath.CanName(chosen.Group, chosen.Version) ? "it names no version"
            : null;
    }

    /// <summary>KubeFed wrote the core group with a leading slash (E-53).</summary>
    private static string Written(string apiVersion) => apiVersion.LastIndexOf('/') == 0 ? apiVersion[1..] : apiVersion;

    private static string Remedy(ApiResource target) =>
        $"Leave apiVersion out, or write {(target.Group.Length == 0 ? string.Empty : target.Group + "/")}VERSION with a version that the members serve.";
}
