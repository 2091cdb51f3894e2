using System.Diagnostics;
using System.Globalization;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Benchmarks;

/// <summary>Plans 1,000 preferences over 100 clusters each, half of them with running replicas and known capacities, and prints the CPU time.</summary>
internal static class PlannerRun
{
    private const int Preferences = 1000;
    private const int Clusters = 100;

    public static void Print(TextWriter output)
    {
        var random = new Random(20);
        var clusters = Enumerable.Range(1, Clusters)
            .Select(index => new ClusterState($"cluster{index}", random.Next(2) == 0 ? random.Next(40) : null, random.Next(2) == 0 ? random.Next(40) : null))
            .ToArray();
        foreach (var mode in Enum.GetValues<SchedulingMode>())
        {
            Plan(mode, clusters);
            var begin = Process.GetCurrentProcess().TotalProcessorTime;
            var planned = Plan(mode, clusters);
            var taken = Process.GetCurrentProcess().TotalProcessorTime - begin;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{mode}: {Preferences} preferences x {Clusters} clusters, {planned} replicas planned in {taken.TotalSeconds:0.000} s of CPU"));
        }
    }

    private static long Plan(SchedulingMode mode, IReadOnlyList<ClusterState> clusters)
    {
        long planned = 0;
        for (var index = 0; index < Preferences; index++)
        {
            var preference = new SchedulingPreference
            {
                TargetKind = "FederatedDeployment",
                TotalReplicas = 2000 + index,
                Rebalance = index % 2 == 0,
                Mode = mode,
                Clusters = new Dictionary<string, ClusterPreference>
                {
                    [SchedulingPreference.AnyCluster] = new() { Weight = 1, MinReplicas = 2, MaxReplicas = 60 },
                    ["cluster1"] = new() { Weight = 7 },
                    ["cluster2"] = new() { Weight = 3, MinReplicas = 10 },
                },
            };
            planned += ReplicaPlanner.Plan(preference, $"ns/workload{index}", clusters).Planned;
        }

        return planned;
    }
}
