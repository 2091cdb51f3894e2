using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Leaves out what a controller of Kubernetes writes into an object of its own accord. Declared, it would be applied and written back in turn, for ever.
/// </summary>
internal static class ControllerFields
{
    /// <summary>What the token controller fills in, from its own cluster.</summary>
    private static readonly string[] TokenKeys = ["token", "ca.crt", "namespace"];

    public static void Drop(JsonObject value)
    {
        switch (value.Text("apiVersion"), value.Text("kind"))
        {
            // The rules are those of the roles that the aggregation rule selects.
            case ("rbac.authorization.k8s.io/v1", "ClusterRole") when value["aggregationRule"] is JsonObject:
                value.Remove("rules");
                break;
            case ("v1", "Secret") when value.Text("type") == "kubernetes.io/service-account-token":
                DropToken(value);
                break;
        }
    }

    private static void DropToken(JsonObject secret)
    {
        foreach (var section in new[] { secret.Map("data"), secret.Map("stringData") })
        {
            foreach (var key in TokenKeys)
            {
                section?.Remove(key);
            }
        }

        // A token Secret that names another account's uid is deleted.
        secret.Map("metadata").Map("annotations")?.Remove("kubernetes.io/service-account.uid");
    }
}
