using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>
/// Tells whether a target counts replicas, so that its federated type offers <c>retainReplicas</c>. KubeFed looked only for an int32
/// <c>spec.replicas</c> in the schema; a scale subresource says the same more reliably (P-45).
/// </summary>
internal static class ReplicaFields
{
    private static readonly string[] BuiltIn = ["deployments", "replicasets", "statefulsets"];

    /// <param name="definition">The target's own CRD, or null for a built-in type.</param>
    public static bool AreOffered(ApiResource target, KubeObject? definition) =>
        target.Subresources.Contains("scale")
        || (target is { Group: "", Plural: "replicationcontrollers" })
        || (target.Group == "apps" && BuiltIn.Contains(target.Plural, StringComparer.Ordinal))
        || (definition is not null && Version(definition, target.Version) is { } version && (HasScale(version) || HasInt32Replicas(version)));

    private static JsonObject? Version(KubeObject definition, string name) =>
        definition.Spec.Maps("versions").FirstOrDefault(version => version.Text("name") == name);

    private static bool HasScale(JsonObject version) => version.Map("subresources").Map("scale") is not null;

    private static bool HasInt32Replicas(JsonObject version) =>
        version.Map("schema").Map("openAPIV3Schema").Map("properties").Map("spec").Map("properties").Map("replicas") is { } replicas
        && replicas.Text("type") == "integer"
        && replicas.Text("format") == "int32";
}
