using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Tests.Commands;

/// <summary>Federated types without a host.</summary>
internal static class Kinds
{
    public static EngineType ConfigMaps { get; } = new()
    {
        Name = "configmaps",
        Target = KnownResources.ConfigMaps,
        Federated = new ApiResource("types.kubefed.io", "v1beta1", "FederatedConfigMap", "federatedconfigmaps", Namespaced: true),
        Source = new KubeObject([]),
    };

    public static KubeFed.Engine.Api.FederatedResource Resource(string json) => new(ConfigMaps, new KubeObject((JsonObject)JsonNode.Parse(json)!));
}
