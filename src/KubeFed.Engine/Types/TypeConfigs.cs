using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Writes FederatedTypeConfigs.</summary>
/// <remarks>cli.md section 4, api.md section 4.</remarks>
public static class TypeConfigs
{
    /// <summary>The config that makes <paramref name="federated"/> the federated form of <paramref name="target"/>.</summary>
    /// <param name="target">What is propagated.</param>
    /// <param name="federated">Its federated form.</param>
    /// <param name="systemNamespace">Where configs lie.</param>
    /// <param name="statusCollection">Whether the copies' status is collected; null says nothing of it.</param>
    public static KubeObject For(ApiResource target, ApiResource federated, string systemNamespace, bool? statusCollection = null)
    {
        var config = KubeObject.Create(CoreResources.FederatedTypeConfigs, new ObjectKey(systemNamespace, target.QualifiedName));
        config.Json["spec"] = new JsonObject
        {
            ["targetType"] = Resource(target),
            ["propagation"] = "Enabled",
            ["federatedType"] = Resource(federated),
        };
        if (statusCollection is { } collects)
        {
            config.Section("spec")["statusCollection"] = collects ? "Enabled" : "Disabled";
        }

        return config;
    }

    private static JsonObject Resource(ApiResource resource)
    {
        var json = new JsonObject();
        if (resource.Group.Length > 0)
        {
            json["group"] = resource.Group;
        }

        json["version"] = resource.Version;
        json["kind"] = resource.Kind;
        json["pluralName"] = resource.Plural;
        json["scope"] = resource.Namespaced ? "Namespaced" : "Cluster";
        return json;
    }
}
