using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>
/// Tells whether a target counts replicas, so that its federated type offers <c>retainReplicas</c>. KubeFed looked only for an int32 <c>spec.replicas</c> in
/// the schema; a scale subresource says the same more reliably. Whoever may not read the schema still can enable the type.
/// </summary>
/// <remarks>P-45, A-96, A-97.</remarks>
internal sealed class ReplicaFields(IKubeClient host, IEngineSink sink)
{
    private static readonly string[] BuiltIn = ["deployments", "replicasets", "statefulsets"];

    public async Task<bool> AreOfferedAsync(ApiResource target, CancellationToken cancellationToken)
    {
        if (target.Subresources.Contains("scale")
            || target is { Group: "", Plural: "replicationcontrollers" }
            || (target.Group == "apps" && BuiltIn.Contains(target.Plural, StringComparer.Ordinal)))
        {
            return true;
        }

        if (!target.Group.Contains('.', StringComparison.Ordinal) || target.Group.EndsWith(".k8s.io", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            var key = ObjectKey.ClusterScoped(target.QualifiedName);
            return await host.FindAsync(KnownResources.CustomResourceDefinitions, key, cancellationToken).ConfigureAwait(false) is { } definition
                ? Version(definition, target.Version) is { } version && (HasScale(version) || HasInt32Replicas(version))

                // Served by an aggregated API, which has no definition; its schema is in the host's OpenAPI document.
                : await new OpenApiSchemas(host).HasFieldAsync(target.Gvk, "spec.replicas", cancellationToken).ConfigureAwait(false) == true;
        }
        catch (KubeException error)
        {
            sink.Warning($"The schema of {target.QualifiedName} cannot be read ({error.Message}); retainReplicas is not offered.");
            return false;
        }
    }

    private static JsonObject? Version(KubeObject definition, string name) =>
        definition.Spec.Maps("versions").FirstOrDefault(version => version.Text("name") == name);

    private static bool HasScale(JsonObject version) => version.Map("subresources").Map("scale") is not null;

    private static bool HasInt32Replicas(JsonObject version) =>
        version.Map("schema").Map("openAPIV3Schema").Map("properties").Map("spec").Map("properties").Map("replicas") is { } replicas
        && replicas.Text("type") == "integer"
        && replicas.Text("format") == "int32";
}
