using FsCheck;
using FsCheck.Fluent;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>What must hold for every plan; 100,000 cases in all.</summary>
public class PlanPropertyTests
{
    [Fact]
    public void Compatible_plans_equal_a_direct_transcription_of_the_rules() => Check(30_000, problem =>
    {
        var preferences = problem.Preference.Clusters.Count > 0
            ? problem.Preference.Clusters
            : new Dictionary<string, ClusterPreference> { ["*"] = new() { Weight = 1 } };
        var (plan, overflow) = Transcription.Run(
            problem.Clusters.Select(cluster => cluster.Name),
            problem.Clusters.Where(cluster => cluster.Current is not null).ToDictionary(cluster => cluster.Name, cluster => cluster.Current!.Value),
            problem.Clusters.Where(cluster => cluster.Capacity is not null).ToDictionary(cluster => cluster.Name, cluster => cluster.Capacity!.Value),
            problem.Key,
            preferences,
            problem.Preference.TotalReplicas,
            problem.Preference.Rebalance);

        var actual = problem.Plan(SchedulingMode.Compatible);
        return PlanNotation.Planned(actual) == PlanNotation.Text(plan) && PlanNotation.Overflow(actual) == PlanNotation.Text(overflow);
    });

    [Fact]
    public void Planned_and_unplaced_replicas_add_up_to_the_total_in_both_modes() => Check(10_000, problem => Both(problem, plan =>
        plan.Planned + plan.Unplaced == plan.TotalReplicas && plan.Unplaced >= 0 && plan.Clusters.All(cluster => cluster.Planned >= 0)));

    [Fact] // P-83
    public void Fair_mode_never_writes_more_than_the_total_and_leaves_none_unplaced_while_a_weighted_cluster_has_room() => Check(10_000, problem =>
    {
        var plan = problem.Plan(SchedulingMode.Fair);
        return plan.Overflow == 0
            && plan.Replicas.Values.Sum() <= plan.TotalReplicas
            && (plan.Unplaced == 0 || plan.Clusters.All(cluster => cluster.Preference is not { Weight: > 0 } || cluster.Planned == problem.Bound(cluster.Cluster)));
    });

    [Fact] // rsp.md 3.2
    public void Minimums_come_before_shares_and_no_bound_is_exceeded_in_both_modes() => Check(10_000, problem => Both(problem, plan =>
    {
        var asked = plan.Clusters.Where(cluster => cluster.Preference is not null).ToDictionary(
            cluster => cluster.Cluster, cluster => Math.Min(cluster.Preference!.MinReplicas, problem.Bound(cluster.Cluster) ?? long.MaxValue));
        var enough = asked.Values.Sum() <= plan.TotalReplicas;
        return plan.Clusters.All(cluster => cluster.Preference is null
            ? cluster.Replicas == 0
            : cluster.Planned <= (problem.Bound(cluster.Cluster) ?? long.MaxValue) && (!enough || cluster.Planned >= asked[cluster.Cluster]));
    }));

    [Fact]
    public void A_greater_total_never_lowers_a_cluster_in_fair_mode() => Check(10_000, problem =>
    {
        var less = problem.Plan(SchedulingMode.Fair).Replicas;
        var total = problem.Preference.TotalReplicas;
        return new[] { 1, 7 }.All(step =>
        {
            var more = (problem with { Preference = problem.Preference with { TotalReplicas = total + step } }).Plan(SchedulingMode.Fair).Replicas;
            return less.All(entry => more[entry.Key] >= entry.Value);
        });
    });

    [Fact]
    public void The_order_of_clusters_changes_nothing_in_both_modes() => Check(10_000, problem => Both(problem, plan =>
    {
        var reversed = problem with { Clusters = [.. problem.Clusters.Reverse()] };
        var again = reversed.Plan(plan.Mode);
        return PlanNotation.Planned(again) == PlanNotation.Planned(plan) && PlanNotation.Overflow(again) == PlanNotation.Overflow(plan);
    }));

    [Fact]
    public void A_changed_capacity_moves_only_the_replicas_it_takes_or_frees_in_fair_mode() => Check(10_000, problem =>
    {
        var before = problem.Plan(SchedulingMode.Fair);
        return problem.Clusters.All(changed => new long?[] { null, 0, 3 }.All(capacity =>
        {
            var clusters = problem.Clusters.Select(cluster => cluster == changed ? cluster with { Capacity = capacity } : cluster);
            var after = (problem with { Clusters = [.. clusters] }).Plan(SchedulingMode.Fair).Replicas;
            var delta = after[changed.Name] - before.Replicas[changed.Name];
            var others = before.Replicas.Where(entry => entry.Key != changed.Name).Select(entry => after[entry.Key] - entry.Value).ToArray();
            return others.All(other => other == 0 || Math.Sign(other) == -Math.Sign(delta)) && Math.Abs(others.Sum()) <= Math.Abs(delta);
        }));
    });

    [Fact] // P-89
    public void Without_rebalance_fair_mode_starts_no_replica_elsewhere_while_enough_run() => Check(5_000, problem =>
    {
        var plan = (problem with { Preference = problem.Preference with { Rebalance = false } }).Plan(SchedulingMode.Fair);
        long Stays(ClusterPlan cluster) => cluster.Preference is null ? 0 : Math.Min(cluster.Current ?? 0, problem.Bound(cluster.Cluster) ?? long.MaxValue);
        var minimums = plan.Clusters.Sum(cluster => Math.Min(cluster.Preference?.MinReplicas ?? 0, problem.Bound(cluster.Cluster) ?? long.MaxValue));
        var needed = plan.Clusters.Sum(cluster => Math.Max(Stays(cluster), Math.Min(cluster.Preference?.MinReplicas ?? 0, problem.Bound(cluster.Cluster) ?? long.MaxValue)));
        return needed <= plan.TotalReplicas
            ? plan.Clusters.All(cluster => cluster.Planned >= Stays(cluster))
            : minimums >= plan.TotalReplicas || plan.Clusters.All(cluster => cluster.Planned <= Math.Max(Stays(cluster), cluster.Preference?.MinReplicas ?? 0));
    });

    [Fact] // P-82
    public void Fair_shares_are_what_giving_one_replica_at_a_time_would_give() => Check(5_000, problem =>
    {
        var preference = problem.Preference with { Rebalance = true, TotalReplicas = problem.Preference.TotalReplicas % 500, Clusters = problem.Preference.Clusters.ToDictionary(
            entry => entry.Key, entry => entry.Value with { MinReplicas = 0 }) };
        var plan = (problem with { Preference = preference }).Plan(SchedulingMode.Fair);
        return PlanNotation.Planned(plan) == PlanNotation.Text(OneAtATime(plan, problem));
    });

    private static Dictionary<string, long> OneAtATime(ReplicaPlan plan, PlanningCase problem)
    {
        var given = plan.Clusters.ToDictionary(cluster => cluster.Cluster, _ => 0L);
        var open = plan.Clusters.Where(cluster => cluster.Preference is { Weight: > 0 }).ToList();
        for (var left = plan.TotalReplicas; left > 0; left--)
        {
            ClusterPlan? next = null;
            foreach (var cluster in open.Where(cluster => given[cluster.Cluster] < (problem.Bound(cluster.Cluster) ?? long.MaxValue)))
            {
                next = next is null || Precedes(cluster, next) ? cluster : next;
            }

            if (next is null)
            {
                break;
            }

            given[next.Cluster]++;
        }

        return given;

        bool Precedes(ClusterPlan a, ClusterPlan b)
        {
            var (first, second) = (a.Preference!.Weight * ((2 * given[b.Cluster]) + 1), b.Preference!.Weight * ((2 * given[a.Cluster]) + 1));
            return first != second ? first > second
                : given[a.Cluster] != given[b.Cluster] ? given[a.Cluster] < given[b.Cluster]
                : Transcription.Fnv1(a.Cluster + plan.Key) < Transcription.Fnv1(b.Cluster + plan.Key);
        }
    }

    private static bool Both(PlanningCase problem, Func<ReplicaPlan, bool> holds) =>
        holds(problem.Plan(SchedulingMode.Compatible)) && holds(problem.Plan(SchedulingMode.Fair));

    private static void Check(int cases, Func<PlanningCase, bool> property) =>
        Prop.ForAll(PlanningCase.Any, property).Check(Config.QuickThrowOnFailure.WithMaxTest(cases));
}
