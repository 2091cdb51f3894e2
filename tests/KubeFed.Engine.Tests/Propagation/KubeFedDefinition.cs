using System.Text.Json.Nodes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>The definition of a federated kind as KubeFed generates it, in place of ours: the host's server prunes what it does not declare.</summary>
internal static class KubeFedDefinition
{
    public static async Task InstallAsync(FederationBed bed, string typeName = "configmaps")
    {
        var type = await bed.TypeAsync(typeName);
        var key = ObjectKey.ClusterScoped(TypeNames.DefinitionName(type.Federated));
        var definition = await bed.Admin("host").GetAsync(KnownResources.CustomResourceDefinitions, key, default);
        var spec = definition.Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();
        var entry = spec["properties"]!["overrides"]!["items"]!["properties"]!;
        entry.AsObject().Remove("clusterSelector");
        entry["clusterOverrides"]!["items"]!["properties"]!.AsObject().Remove("valueTemplate");
        Close(spec);
        await bed.Admin("host").ReplaceAsync(KnownResources.CustomResourceDefinitions, definition, new WriteOptions { FieldManager = "kubefedctl" }, default);
    }

    private static void Close(JsonNode? schema)
    {
        if (schema?["properties"] is JsonObject properties)
        {
            schema.AsObject().Remove("x-kubernetes-preserve-unknown-fields");
            foreach (var (_, property) in properties)
            {
                Close(property);
            }
        }

        if (schema?["items"] is { } items)
        {
            Close(items);
        }
    }
}
