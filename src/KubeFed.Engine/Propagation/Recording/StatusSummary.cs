using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>A whole resource in two words, for a printer column each: <c>status.summary</c>.</summary>
/// <param name="InSync">How many of the clusters asked for hold the copy as declared.</param>
/// <param name="Selected">How many clusters were asked for, names that no cluster has among them.</param>
/// <param name="Health">The worst of the copies'; null where status is not collected.</param>
/// <remarks>P-70, P-76. Ours: a definition that a KubeFed generated has no room for it.</remarks>
public sealed record StatusSummary(int InSync, int Selected, HealthStatus? Health)
{
    /// <summary>As the column shows it: <c>2/3</c>.</summary>
    public string Clusters => string.Create(CultureInfo.InvariantCulture, $"{InSync}/{Selected}");

    /// <summary>Every cluster that was asked for holds its copy as declared.</summary>
    public bool IsComplete => InSync == Selected;

    /// <param name="placement">Where the resource is to be; while that can't be known, the clusters on record count.</param>
    /// <param name="records">All there is to say of each cluster.</param>
    public static StatusSummary Of(Placement placement, IReadOnlyList<ClusterRecord> records)
    {
        var asked = placement.IsKnown
            ? placement.Clusters.Where(c => c.Selected || c.Verdict == PlacementVerdict.NotRegistered).Select(c => c.Cluster).ToHashSet(StringComparer.Ordinal)
            : records.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        return new StatusSummary(
            records.Count(r => r.Reason == PropagationReason.Ok && asked.Contains(r.Name)),
            asked.Count,
            HealthRules.Worst(records.Where(r => r.Health is not null).Select(r => r.Health!.Status)));
    }

    /// <summary>Null when there is none, or none that makes sense.</summary>
    public static StatusSummary? Read(JsonObject? summary)
    {
        var parts = summary.Text("clusters")?.Split('/') ?? [];
        return parts is [var ok, var all]
            && int.TryParse(ok, NumberStyles.None, CultureInfo.InvariantCulture, out var inSync)
            && int.TryParse(all, NumberStyles.None, CultureInfo.InvariantCulture, out var selected)
                ? new StatusSummary(inSync, selected, Enum.TryParse<HealthStatus>(summary.Text("health"), out var health) ? health : null)
                : null;
    }

    /// <summary>The section to send in a merge patch over what is stored: what is no more must be named to go away.</summary>
    public JsonObject ToJson(JsonObject? stored)
    {
        var summary = new JsonObject { ["clusters"] = Clusters };
        if (Health is not null || stored?["health"] is not null)
        {
            summary["health"] = Health?.ToString();
        }

        return summary;
    }
}
