using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>Checks <c>spec.placement</c>.</summary>
/// <remarks>E-40 to E-43.</remarks>
internal static class PlacementValidation
{
    private const string Path = "spec.placement";

    public static void Check(JsonNode? node, List<FieldFault> faults)
    {
        if (node is null)
        {
            return;
        }

        if (node is not JsonObject placement)
        {
            faults.Add(Fault("InvalidPlacement", Path, node, "placement must be an object", "Write placement.clusters or placement.clusterSelector."));
            return;
        }

        faults.AddRange(UnknownFields.InPlacement(placement));
        CheckClusters(placement["clusters"], faults);
        try
        {
            LabelSelector.FromJson(placement["clusterSelector"], $"{Path}.clusterSelector");
        }
        catch (SelectorException error)
        {
            faults.AddRange(FieldFault.Of(error));
        }
    }

    private static void CheckClusters(JsonNode? node, List<FieldFault> faults)
    {
        if (node is null)
        {
            return;
        }

        if (node is not JsonArray clusters)
        {
            faults.Add(Fault("InvalidPlacement", $"{Path}.clusters", node, "it must be a list", "Write one entry {\"name\": \"...\"} per cluster."));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < clusters.Count; i++)
        {
            var at = $"{Path}.clusters[{i}].name";
            if (clusters[i] is not JsonObject entry || entry["name"] is not JsonValue value || !value.TryGetValue<string>(out var name))
            {
                faults.Add(Fault("InvalidPlacement", $"{Path}.clusters[{i}]", clusters[i], "an entry needs a name", "Write {\"name\": \"<cluster>\"}."));
            }
            else if (LabelSyntax.CheckSubdomain(name) is { Count: > 0 } errors)
            {
                faults.Add(Fault("InvalidPlacement", at, entry["name"], errors[0], "Name a registered cluster; Get-KubeFedCluster lists them."));
            }
            else if (!seen.Add(name))
            {
                faults.Add(Fault("DuplicateCluster", at, entry["name"], "the cluster is listed twice", "List each cluster once."));
            }
        }
    }

    private static FieldFault Fault(string id, string field, JsonNode? value, string message, string remedy) =>
        new(id, field, FederatedResourceValidation.Show(value), message, remedy);
}
