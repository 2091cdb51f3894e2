using System.Net;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Deleting a resource some of whose clusters can't be asked: it waits and says so, or gives up their copies and says so.</summary>
public class ForcedDeletionTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    private static readonly SyncRequest s_forced = new() { Types = ["configmaps"], Names = ["web"], Namespaces = ["ns1"], AbandonUnreachable = true };

    [Fact]
    public async Task P_36_A_deletion_that_waits_says_for_which_cluster_since_when_and_what_to_do()
    {
        await using var bed = await DeletingAsync(offline: "c2");
        var outcomes = await bed.SyncAsync();
        var since = (await bed.FederatedAsync("configmaps", "web"))!.DeletionTimestamp!.Value.ToString("yyyy-MM-ddTHH:mm:ssZ", null);

        var cell = outcomes.Single(o => o is { Cluster: "c2", Resource.Name: "web" });
        Assert.Equal((PlanAction.Error, PropagationReason.ClusterNotReady), (cell.Action, cell.Reason));
        Assert.Contains($"asked for at {since}, waits for this cluster", cell.Message, StringComparison.Ordinal);
        Assert.Contains("Remove-FederatedResource -Force", cell.Message, StringComparison.Ordinal);
        var whole = outcomes.Single(o => o is { Cluster: null, Resource.Name: "web" });
        Assert.Equal(PlanAction.Wait, whole.Action);
        Assert.Equal($"the deletion, asked for at {since}, waits for c2 (ClusterNotReady)", whole.Message);

        var status = await bed.StatusAsync("configmaps", "web");
        Assert.Equal(whole.Message, status.Condition!.Message);
        Assert.Equal(cell.Message, status.Find("c2")!.Message);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_36_Clusters_left_out_of_the_run_are_waited_for_and_named()
    {
        await using var bed = await DeletingAsync();
        var outcomes = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"], Clusters = ["c1"], AbandonUnreachable = true });
        Assert.EndsWith("waits for c2 (not looked at in this run), c3 (not looked at in this run)", outcomes.Single(o => o.Cluster is null).Message,
            StringComparison.Ordinal);
        Assert.NotNull(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_36_S_41_By_force_the_copies_out_of_reach_are_given_up_one_by_one_and_unlabelled_when_their_cluster_returns()
    {
        await using var bed = await DeletingAsync(offline: "c2");
        bed.Clear();
        var planned = await bed.SyncAsync(s_forced with { DryRun = true });
        Assert.Empty(bed.Writes);
        var outcomes = await bed.SyncAsync(s_forced);

        foreach (var run in new[] { planned, outcomes })
        {
            var given = run.Single(o => o.Cluster == "c2");
            Assert.Equal((PlanAction.Abandon, PropagationReason.ClusterNotReady, true), (given.Action, given.Reason, given.Succeeded));
            Assert.Contains("the next sync takes its label off", given.Message, StringComparison.Ordinal);
            Assert.Equal([PlanAction.Delete, PlanAction.Delete], run.Where(o => o.Cluster is "c1" or "c3").Select(o => o.Action));
            Assert.EndsWith("given up were those in c2", run.Single(o => o.Cluster is null).Message, StringComparison.Ordinal);
        }

        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        bed.Sandbox["c2"].Offline = false;
        Assert.Equal("c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        await bed.SyncAsync();
        var left = (await bed.MapAsync("c2"))!;
        Assert.Null(left.Label(KubeFedNames.ManagedLabel));
        Assert.Null(left.Annotation(KubeFedNames.FederationAnnotation));
    }

    [Fact]
    public async Task P_36_Rejected_credentials_and_a_connection_lost_on_the_way_are_out_of_reach_too()
    {
        await using var bed = await DeletingAsync();
        bed.Faults("c1").When(_ => true, Fault.Refuse(HttpStatusCode.Unauthorized, "Unauthorized"));
        bed.Faults("c2").When(r => r.Method == HttpMethod.Delete, Fault.Unreachable);
        var outcomes = await bed.SyncAsync(s_forced);
        Assert.Equal(
            [("c1", PlanAction.Abandon, PropagationReason.CredentialsRejected), ("c2", PlanAction.Abandon, PropagationReason.ClusterNotReady),
                ("c3", PlanAction.Delete, PropagationReason.Ok)],
            outcomes.Where(o => o.Cluster is not null).Select(o => (o.Cluster!, o.Action, o.Reason)).Order());
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_36_A_member_that_refuses_the_deletion_is_no_cluster_out_of_reach()
    {
        await using var bed = await DeletingAsync();
        bed.Faults("c2").When(r => r.Method == HttpMethod.Delete, Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden"));
        var outcomes = await bed.SyncAsync(s_forced);
        Assert.Equal(PropagationReason.DeletionFailed, outcomes.Single(o => o.Cluster == "c2").Reason);
        Assert.NotNull(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_36_Force_touches_nothing_that_is_not_being_deleted()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Sandbox["c2"].Offline = true;
        var outcomes = await bed.SyncAsync(s_forced);
        Assert.Equal(PropagationReason.ClusterNotReady, outcomes.Single(o => o.Cluster == "c2").Reason);
        Assert.DoesNotContain(outcomes, o => o.Action == PlanAction.Abandon);
        Assert.NotNull((await bed.StatusAsync("configmaps", "web")).Find("c2")!.ObservedVersion);
    }

    [Fact]
    public async Task P_36_A_copy_on_record_in_a_cluster_that_was_unregistered_is_given_up_and_told()
    {
        await using var bed = await DeletingAsync();
        await bed.Admin("host").DeleteAsync(
            CoreResources.KubeFedClusters, new ObjectKey(bed.Federation.SystemNamespace, "c2"), DeleteOptions.Default, default);
        var given = (await bed.SyncAsync()).Single(o => o is { Cluster: "c2", Resource.Name: "web" });
        Assert.Equal((PlanAction.Abandon, PropagationReason.ClusterNotFound), (given.Action, given.Reason));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_36_A_forced_deletion_can_be_foreseen_before_it_is_asked_for()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Sandbox["c2"].Offline = true;
        bed.Clear();
        var outcomes = await bed.SyncAsync(s_forced with { DryRun = true, AssumeDeleted = true });
        Assert.Empty(bed.Writes);
        Assert.Equal([PlanAction.Delete, PlanAction.Abandon, PlanAction.Delete],
            outcomes.Where(o => o.Cluster is not null).OrderBy(o => o.Cluster).Select(o => o.Action));

        // A real run never believes what is only assumed.
        Assert.All((await bed.SyncAsync(s_forced with { AssumeDeleted = true })).Where(o => o.Cluster != "c2"), o => Assert.Equal(PlanAction.None, o.Action));
    }

    [Fact]
    public async Task P_32_Force_takes_no_namespace_with_what_others_keep_in_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "theirs", "{}");
        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c2'}]}}}");
        var outcomes = await bed.SyncAsync(new SyncRequest { AbandonUnreachable = true });
        Assert.Contains("holds what this federation did not put there", outcomes.Single(o => o is { Cluster: "c1" }).Message, StringComparison.Ordinal);
        Assert.NotNull(await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1"));
    }

    private static async Task<FederationBed> DeletingAsync(string? offline = null)
    {
        var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        if (offline is not null)
        {
            bed.Sandbox[offline].Offline = true;
        }

        await bed.DeleteAsync("configmaps", "web");
        return bed;
    }
}
