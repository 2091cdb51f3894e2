using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>Reads KubeFedConfig; a missing value means KubeFed's default.</summary>
/// <remarks>api.md section 5.</remarks>
public static class ControlPlaneConfigReader
{
    public static ControlPlaneConfig Read(KubeObject source)
    {
        var spec = source.Spec;
        return new ControlPlaneConfig(
            spec.Text("scope") == "Namespaced" ? ControlPlaneScope.Namespaced : ControlPlaneScope.Cluster,
            AdoptResources: spec.Map("syncController").Text("adoptResources") != "Disabled",
            RawStatusCollection: Gate(spec, "RawResourceStatusCollection") == "Enabled",
            source);
    }

    internal static string? Gate(JsonObject? spec, string name) =>
        spec.Maps("featureGates").LastOrDefault(gate => gate.Text("name") == name).Text("configuration");
}
