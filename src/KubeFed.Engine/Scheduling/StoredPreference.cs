using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>A ReplicaSchedulingPreference object and what it says. Fields of a wrong shape read as absent and are reported in <see cref="ShapeProblems"/>.</summary>
/// <remarks>api.md section 7. What KubeFed's schema has no field for is kept in annotations, so that objects stay valid under it.</remarks>
public sealed record StoredPreference
{
    /// <summary><c>Compatible</c> (also when absent) or <c>Fair</c>.</summary>
    public const string ModeAnnotation = KubeFedNames.SchedulingGroup + "/mode";

    /// <summary>Exactly <c>"true"</c>: clusters planned to zero leave the placement instead of running a copy with no replicas (P-84).</summary>
    public const string OmitEmptyAnnotation = KubeFedNames.SchedulingGroup + "/omit-empty-clusters";

    public required KubeObject Source { get; init; }

    public required SchedulingPreference Preference { get; init; }

    public IReadOnlyList<PreferenceProblem> ShapeProblems { get; init; } = [];

    public ObjectKey Key => Source.Key;

    /// <summary>Never throws: a stored object may have any shape.</summary>
    public static StoredPreference Read(KubeObject source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var problems = new List<PreferenceProblem>();
        var spec = new ShapeReader(source.Spec, "spec", problems);
        var clusters = new Dictionary<string, ClusterPreference>(StringComparer.Ordinal);
        foreach (var (name, entry) in spec.Entries("clusters"))
        {
            clusters[name] = new()
            {
                MinReplicas = entry.Integer("minReplicas") ?? 0,
                MaxReplicas = entry.Integer("maxReplicas"),
                Weight = entry.Integer("weight") ?? 0,
            };
        }

        if (source.Spec?["totalReplicas"] is null)
        {
            problems.Add(new("spec.totalReplicas", "spec.totalReplicas: Required value", Fatal: true));
        }

        return new()
        {
            Source = source,
            ShapeProblems = problems,
            Preference = new()
            {
                TargetKind = spec.Text("targetKind") ?? string.Empty,
                TotalReplicas = spec.Integer("totalReplicas") ?? 0,
                Rebalance = spec.Flag("rebalance"),
                IntersectWithClusterSelector = spec.Flag("intersectWithClusterSelector"),
                Mode = ReadMode(source.Annotation(ModeAnnotation), problems),
                OmitEmptyClusters = source.Annotation(OmitEmptyAnnotation) == "true",
                Clusters = clusters,
            },
        };
    }

    /// <summary>The object that says <paramref name="preference"/>; what the stored one carries besides (labels, unknown fields) is kept.</summary>
    public static KubeObject Write(SchedulingPreference preference, ObjectKey key, KubeObject? stored = null)
    {
        ArgumentNullException.ThrowIfNull(preference);
        var result = stored?.Clone() ?? KubeObject.Create(CoreResources.ReplicaSchedulingPreferences, key);
        var spec = result.Section("spec");
        spec["targetKind"] = preference.TargetKind;
        spec["totalReplicas"] = preference.TotalReplicas;
        SetFlag(spec, "rebalance", preference.Rebalance);
        SetFlag(spec, "intersectWithClusterSelector", preference.IntersectWithClusterSelector);
        if (preference.Clusters.Count == 0)
        {
            spec.Remove("clusters");
        }
        else
        {
            spec["clusters"] = new JsonObject(preference.Clusters.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)WriteEntry(entry.Value))));
        }

        result.SetAnnotation(ModeAnnotation, preference.Mode == SchedulingMode.Compatible ? null : preference.Mode.ToString());
        result.SetAnnotation(OmitEmptyAnnotation, preference.OmitEmptyClusters ? "true" : null);
        return result;
    }

    private static SchedulingMode ReadMode(string? text, List<PreferenceProblem> problems)
    {
        foreach (var mode in Enum.GetValues<SchedulingMode>())
        {
            if (text is null || text.Equals(mode.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return mode;
            }
        }

        const string field = $"metadata.annotations[{ModeAnnotation}]";
        problems.Add(new(field, $"{field}: Unsupported value: \"{text}\": supported values: \"Compatible\", \"Fair\"", Fatal: true));
        return SchedulingMode.Compatible;
    }

    private static JsonObject WriteEntry(ClusterPreference entry)
    {
        var json = new JsonObject();
        if (entry.MinReplicas != 0)
        {
            json["minReplicas"] = entry.MinReplicas;
        }

        if (entry.MaxReplicas is { } maximum)
        {
            json["maxReplicas"] = maximum;
        }

        if (entry.Weight != 0)
        {
            json["weight"] = entry.Weight;
        }

        return json;
    }

    private static void SetFlag(JsonObject spec, string name, bool value)
    {
        if (value)
        {
            spec[name] = true;
        }
        else
        {
            spec.Remove(name);
        }
    }
}
