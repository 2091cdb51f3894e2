using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What a sync does about a suspended cluster: nothing, and it says so.</summary>
public sealed class SuspendedSyncTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task No_request_reaches_a_suspended_cluster_and_what_is_on_record_for_it_stays()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        var before = (await bed.StatusAsync("configmaps", "web")).Find("c2")!;
        await bed.Federation.Clusters.SuspendAsync("c2", "new switches", false, bed, default);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.DeclareAsync("configmaps", "api", Everywhere);
        bed.Clear();

        var outcomes = await bed.SyncAsync();

        Assert.Empty(bed.Wire("c2").Requests);
        Assert.All(outcomes.Where(o => o.Cluster == "c2"), o => Assert.Equal((PlanAction.Skip, PropagationReason.ClusterSuspended, true), (o.Action, o.Reason, o.Succeeded)));
        Assert.Equal("False/CheckClusters c1=Ok c2=ClusterSuspended c3=Ok", await bed.BriefAsync("configmaps", "web"));
        var record = (await bed.StatusAsync("configmaps", "web")).Find("c2")!;
        Assert.Matches(@"the cluster is suspended since \d{4}-.*Z \(new switches\)", record.Message);
        Assert.Equal((before.ObservedVersion, before.AppliedHash), (record.ObservedVersion, record.AppliedHash));
        Assert.Equal("1", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal("c1,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "api"));
    }

    [Fact]
    public async Task A_second_sync_with_a_suspended_cluster_writes_nothing_anywhere()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        await bed.SyncAsync();
        bed.Clear();

        await bed.SyncAsync();

        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Once_resumed_a_cluster_is_given_what_it_missed_and_nothing_else()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "same", Everywhere);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.SyncAsync();
        await bed.Federation.Clusters.ResumeAsync("c2", false, bed, default);
        bed.Clear();

        await bed.SyncAsync();

        Assert.Equal("2", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Single(bed.Wire("c2").Writes);
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "same"));
    }

    [Fact]
    public async Task A_deletion_waits_for_a_suspended_cluster_and_says_so()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        await bed.DeleteAsync("configmaps", "web");
        bed.Clear();

        var outcome = Assert.Single(await bed.SyncAsync(), o => o.Cluster == "c2" && o.Resource.Name == "web");

        Assert.Equal((PlanAction.Skip, PropagationReason.ClusterSuspended), (outcome.Action, outcome.Reason));
        Assert.Contains("can't be removed yet: the cluster is suspended", outcome.Message);
        Assert.Equal("c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Contains("can't be removed yet", (await bed.StatusAsync("configmaps", "web")).Find("c2")!.Message);
        Assert.Empty(bed.Wire("c2").Requests);

        await bed.Federation.Clusters.ResumeAsync("c2", false, bed, default);
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_copy_that_left_the_placement_stays_in_a_suspended_cluster_until_it_is_resumed()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'}]}}}");

        await bed.SyncAsync();
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Equal("False/CheckClusters c1=Ok c2=ClusterSuspended", await bed.BriefAsync("configmaps", "web"));

        await bed.Federation.Clusters.ResumeAsync("c2", false, bed, default);
        await bed.SyncAsync();
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task Orphans_in_a_suspended_cluster_keep_their_label_until_it_is_resumed()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.PutAsync("c2", KnownResources.ConfigMaps, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}}}", manager: "hyperfed");
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);

        await bed.SyncAsync();
        Assert.Equal("true", (await bed.MapAsync("c2", "stray"))!.Label("kubefed.io/managed"));

        await bed.Federation.Clusters.ResumeAsync("c2", false, bed, default);
        await bed.SyncAsync();
        Assert.Null((await bed.MapAsync("c2", "stray"))!.Label("kubefed.io/managed"));
    }

    [Fact]
    public async Task A_suspended_cluster_that_is_out_of_reach_costs_a_sync_no_time()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(time: new LeapingTime());
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        bed.Faults("c2").When(_ => true, TestSupport.Transport.Fault.Hang);

        await bed.SyncAsync();

        Assert.Equal(0, bed.Faults("c2").Injected);
        Assert.Equal("False/CheckClusters c1=Ok c2=ClusterSuspended c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_dry_run_plans_the_same()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.Federation.Clusters.SuspendAsync("c2", null, false, bed, default);
        bed.Clear();

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true, Types = ["configmaps"] });

        Assert.Equal(
            ["c1 Create", "c2 Skip", "c3 Create"],
            planned.Where(o => o.Resource.Name == "web").OrderBy(o => o.Cluster, StringComparer.Ordinal).Select(o => $"{o.Cluster} {o.Action}"));
        Assert.Empty(bed.Wire("c2").Requests);
    }
}
