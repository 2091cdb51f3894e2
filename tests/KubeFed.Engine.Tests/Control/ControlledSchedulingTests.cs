using KubeFed.Engine.Clusters;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Tests.Scheduling;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control;

/// <summary>Replicas under a controller, with pods that really run on simulated nodes: what happens in the clusters is all it takes.</summary>
public class ControlledSchedulingTests
{
    private const string Template =
        "{'template':{'spec':{'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
        + "'spec':{'containers':[{'name':'c','image':'nginx','resources':{'requests':{'cpu':'1'}}}]}}}},'placement':{'clusterSelector':{}}}";

    /// <summary>What takes minutes in life takes a second.</summary>
    private static readonly SchedulingSettings s_hasty = new()
    {
        UnschedulableThreshold = TimeSpan.FromSeconds(1), Toleration = TimeSpan.FromSeconds(1), CoolDown = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task A_preference_spreads_the_replicas_and_a_cluster_that_joins_gets_its_share_of_them()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c3", Policy = LeavePolicy.Delete }, bed, default);
        await using var controller = await StartAsync(bed);
        await PreferAsync(bed, new() { TargetKind = "FederatedDeployment", TotalReplicas = 12, Rebalance = true });
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=6 c2=6", "two clusters share them");

        await bed.Federation.Clusters.JoinAsync(new JoinRequest { Name = "c3", Member = bed.Sandbox["c3"].Settings }, bed, default);
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=4 c2=4 c3=4", "three clusters share them");
    }

    [Fact] // Section 3.3 of KubeFed's planner: without rebalance what runs is kept.
    public async Task Without_rebalance_a_cluster_that_joins_changes_nothing_until_the_total_grows()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c3", Policy = LeavePolicy.Delete }, bed, default);
        await using var controller = await StartAsync(bed);
        await PreferAsync(bed, new() { TargetKind = "FederatedDeployment", TotalReplicas = 8 });
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=4 c2=4", "two clusters share them");
        await bed.Federation.Clusters.JoinAsync(new JoinRequest { Name = "c3", Member = bed.Sandbox["c3"].Settings }, bed, default);
        await controller.UntilAsync(() => Counts(bed, "/spec/replicas") == "c1=4 c2=4 c3=0", "the third has the workload, and nothing of it runs");
        await controller.QuietAsync();
        Assert.Equal("c1=4 c2=4 c3=0", Counts(bed, "/spec/replicas"));
        await PreferAsync(bed, new() { TargetKind = "FederatedDeployment", TotalReplicas = 12 });
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=4 c2=4 c3=4", "what is new runs in the third");
    }

    [Theory] // P-83, P-88
    [InlineData(SchedulingMode.Fair)]
    [InlineData(SchedulingMode.Compatible)]
    public async Task Rebalance_moves_replicas_away_from_a_cluster_whose_pods_find_no_node_and_back_when_they_do(SchedulingMode mode)
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await StartAsync(bed);
        await PreferAsync(bed, new() { TargetKind = "FederatedDeployment", TotalReplicas = 12, Rebalance = true, Mode = mode });
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=4 c2=4 c3=4", "they are shared");

        await CordonAsync(bed, "c1", cordoned: true);
        foreach (var pod in (await bed.Admin("c1").ListAsync(KnownResources.Pods, new ListQuery { Namespace = "ns1" }, default)).Items)
        {
            await bed.Admin("c1").DeleteAsync(KnownResources.Pods, pod.Key, new DeleteOptions { GracePeriodSeconds = 0 }, default);
        }

        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=0 c2=6 c3=6", "the others run them");
        await CordonAsync(bed, "c1", cordoned: false);
        await controller.UntilAsync(() => Counts(bed, "/status/readyReplicas") == "c1=4 c2=4 c3=4", "they are shared again");
    }

    private static async Task<RunningController> StartAsync(FederationBed bed)
    {
        await bed.DeclareAsync("deployments.apps", "web", Template);
        bed.Open(scheduling: s_hasty);
        return await RunningController.StartAsync(bed);
    }

    private static Task<StoredPreference> PreferAsync(FederationBed bed, SchedulingPreference preference) =>
        bed.Federation.Scheduling.Preferences.SetAsync(new ObjectKey("ns1", "web"), preference, dryRun: false, default);

    private static async Task CordonAsync(FederationBed bed, string cluster, bool cordoned)
    {
        foreach (var node in (await bed.Admin(cluster).ListAsync(KnownResources.Nodes, new ListQuery(), default)).Items)
        {
            await bed.EditAsync(cluster, KnownResources.Nodes, node.Name, $"{{'spec':{{'unschedulable':{(cordoned ? "true" : "null")}}}}}");
        }
    }

    private static string Counts(FederationBed bed, string path)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var member in bed.Sandbox.Members)
        {
            if (member.Peek(KnownResources.Deployments, new ObjectKey("ns1", "web")) is { } copy)
            {
                var found = KubeFed.Kubernetes.Json.JsonPointer.Parse(path).TryFind(copy.Json, out var node) && node is not null;
                counts[member.Name] = found ? node!.GetValue<long>() : 0;
            }
        }

        return PlanNotation.Text(counts);
    }
}
