using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>A random planning problem.</summary>
internal sealed record PlanningCase(SchedulingPreference Preference, string Key, IReadOnlyList<ClusterState> Clusters)
{
    private static readonly string[] _names = ["A", "B", "C", "D", "E", "cluster1", "cluster2", "cluster3"];

    public static Arbitrary<PlanningCase> Any { get; } = (
        from seed in Gen.Choose(0, int.MaxValue)
        from size in Gen.Choose(0, 3)
        select From(new Random(seed), size)).ToArbitrary();

    public ReplicaPlan Plan(SchedulingMode mode) => ReplicaPlanner.Plan(Preference with { Mode = mode }, Key, Clusters);

    public long? Bound(string cluster)
    {
        var maximum = Preference.For(cluster).Preference?.MaxReplicas;
        var capacity = Clusters.Single(state => state.Name == cluster).Capacity;
        return maximum is null ? capacity : capacity is null ? maximum : Math.Min(maximum.Value, capacity.Value);
    }

    /// <summary>In the notation of rsp.md, so that a failing case can be read and kept as a row.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"total {Preference.TotalReplicas}, rebalance {Preference.Rebalance}, key {Key}, prefs {string.Join("; ", Preference.Clusters.Select(entry =>
            $"{entry.Key}:m{entry.Value.MinReplicas} M{entry.Value.MaxReplicas} w{entry.Value.Weight}"))}, clusters {string.Join(", ", Clusters)}");

    private static PlanningCase From(Random random, int size)
    {
        var most = size switch { 0 => 4, 1 => 30, 2 => 120, _ => 20_000 };
        var names = _names.OrderBy(_ => random.Next()).Take(random.Next(0, _names.Length + 1)).ToArray();
        var preferences = new Dictionary<string, ClusterPreference>();
        foreach (var name in names.Append(SchedulingPreference.AnyCluster).Where(_ => random.Next(3) > 0))
        {
            var minimum = random.Next(3) == 0 ? random.Next(most / 2) : 0;
            preferences[name] = new()
            {
                MinReplicas = minimum,
                MaxReplicas = random.Next(3) == 0 ? minimum + random.Next(most / 2) : null,
                Weight = random.Next(5) switch { 0 => 0, 1 => 1, 4 => random.Next(1, 100_000), _ => random.Next(1, 12) },
            };
        }

        var clusters = names.Select(name => new ClusterState(
            name,
            random.Next(2) == 0 ? random.Next(most) : null,
            random.Next(3) == 0 ? random.Next(most) : null));
        return new(
            new() { TotalReplicas = random.Next(most + 1), Rebalance = random.Next(2) == 0, Clusters = preferences },
            random.Next(2) == 0 ? string.Empty : $"ns/{random.Next(100)}",
            [.. clusters]);
    }
}
