using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Waiting;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Propagation.Waiting;

public class ResourceWaitTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task Waiting_alone_writes_nothing_and_says_in_the_end_that_nobody_synchronised()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Open(new LeapingTime());
        bed.Clear();
        var outcome = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "web"));
        Assert.Equal("WaitTimedOut", outcome.Error!.Id);
        Assert.Equal("configmaps ns1/web was not propagated within 30 s: it has not been synchronised yet", outcome.Error.Message);
        Assert.Contains("-Sync", outcome.Error.Remedy);
        Assert.Equal("configmaps ns1/web", outcome.Error.Target);
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Synchronising_on_the_way_makes_it_true()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.DeclareAsync("configmaps", "other", Everywhere);
        var outcome = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: true, "web"));
        Assert.Null(outcome.Error);
        Assert.Equal("web", outcome.Resource!.Object.Name);
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "other"));
    }

    [Fact]
    public async Task A_status_about_an_earlier_generation_is_not_what_was_waited_for()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        bed.Open(new LeapingTime());
        var outcome = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "web"));
        Assert.Contains("its latest change has not been synchronised yet", outcome.Error!.Message);
        await bed.SyncAsync();
        Assert.Null(Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "web")).Error);
    }

    [Fact]
    public async Task A_sync_of_some_clusters_is_not_what_was_waited_for()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        bed.Open(new LeapingTime());
        var outcome = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "web"));
        Assert.Contains("c2: Pending (the last sync did not come to this cluster, and it has no copy yet)", outcome.Error!.Message);
    }

    [Fact]
    public async Task S_47_A_FederatedNamespace_that_is_never_propagated_says_so_instead_of_asking_for_a_sync()
    {
        await using var bed = await FederationBed.StartAsync(members: 1);
        await bed.FederateNamespaceAsync("kube-system");
        bed.Open(new LeapingTime());
        var type = await bed.TypeAsync("namespaces");
        var outcomes = await CollectAsync(bed, new ResourceWaitRequest
        {
            Resources = [new ResourceReference(type, new ObjectKey("kube-system", "kube-system"))],
            Timeout = TimeSpan.FromSeconds(30),
        });
        var error = Assert.Single(outcomes).Error!;
        Assert.Equal("NeverPropagated", error.Id);
        Assert.DoesNotContain("-Timeout", error.Remedy ?? string.Empty);
        Assert.Contains("namespace kube-system exists in every cluster and is never propagated", error.Message);
        Assert.DoesNotContain("-Sync", error.Remedy ?? string.Empty);
    }

    [Fact]
    public async Task Those_that_are_reached_come_at_once_and_the_others_in_the_end_with_the_clusters_that_are_missing_and_why()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "both", Everywhere);
        await bed.DeclareAsync("configmaps", "one", "{'template':{},'placement':{'clusters':[{'name':'c1'}]}}");
        await bed.DeclareAsync("configmaps", "mars", "{'template':{},'placement':{'clusters':[{'name':'mars'}]}}");
        bed.Sandbox["c2"].Offline = true;
        bed.Open(new LeapingTime());
        bed.Warnings.Clear();
        var outcomes = await WaitAsync(bed, ResourceWaitFor.Propagated, sync: true, "both", "one", "mars");
        Assert.Equal(["one", "both", "mars"], outcomes.Select(o => o.Reference.Key.Name));
        Assert.Null(outcomes[0].Error);
        Assert.Contains("c2: ClusterNotReady (", outcomes[1].Error!.Message);
        Assert.DoesNotContain("c1:", outcomes[1].Error!.Message);
        Assert.Contains("mars: ClusterNotFound (", outcomes[2].Error!.Message);
        Assert.Contains("Get-FederatedResource configmaps both -Namespace ns1", outcomes[1].Error!.Remedy);
    }

    [Fact]
    public async Task Healthy_is_judged_from_the_members_themselves_whether_or_not_status_is_collected()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        const string Workload =
            "{'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
            + "'spec':{'containers':[{'name':'c','image':'i'}]}}}},'placement':{'clusterSelector':{}}}";
        var value = await bed.DeclareAsync("deployments.apps", "fits", Workload);
        await bed.DeclareAsync("deployments.apps", "app", Workload);
        await bed.ChangeAsync("deployments.apps", "app",
            "{'spec':{'overrides':[{'clusterName':'c2','clusterOverrides':[{'op':'add','path':'/spec/template/spec/containers/0/resources',"
            + "'value':{'requests':{'cpu':'1000'}}}]}]}}");
        await bed.SyncAsync();
        await bed.Sandbox.SettleAsync();
        bed.Open(new LeapingTime());
        var type = await bed.TypeAsync("deployments.apps");
        var outcomes = await CollectAsync(bed, new ResourceWaitRequest
        {
            Resources = [new(type, value.Key), new(type, new ObjectKey("ns1", "app"))],
            For = ResourceWaitFor.Healthy,
            Timeout = TimeSpan.FromSeconds(30),
        });
        Assert.Equal("fits", outcomes[0].Resource!.Object.Name);
        Assert.Equal("deployments.apps ns1/app was not healthy within 30 s: c2: Progressing (0 of 2 replicas are available)", outcomes[1].Error!.Message);

        bed.Sandbox["c1"].Offline = true;
        var unseen = await CollectAsync(bed, new ResourceWaitRequest
        {
            Resources = [new(type, value.Key)], For = ResourceWaitFor.Healthy, Timeout = TimeSpan.Zero,
        });
        Assert.Contains("c1: Unknown (", Assert.Single(unseen).Error!.Message);
    }

    [Fact]
    public async Task Deleted_is_reached_when_the_resource_is_gone_or_another_has_its_name()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Open(new LeapingTime());
        Assert.Contains("nobody has deleted it", Assert.Single(await WaitAsync(bed, ResourceWaitFor.Deleted, sync: false, "web")).Error!.Message);

        await bed.DeleteAsync("configmaps", "web");
        var waiting = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Deleted, sync: false, "web")).Error!;
        Assert.Contains("its copies have not been removed yet", waiting.Message);
        Assert.Contains("-Sync", waiting.Remedy);

        bed.Sandbox["c2"].Offline = true;
        Assert.Contains("c2: ClusterNotReady (the copy here can't be removed yet",
            Assert.Single(await WaitAsync(bed, ResourceWaitFor.Deleted, sync: true, "web")).Error!.Message);
        bed.Sandbox["c2"].Offline = false;
        bed.Open();
        var gone = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Deleted, sync: true, "web"));
        Assert.Equal((null, null), (gone.Error, gone.Resource));
        Assert.Null(Assert.Single(await WaitAsync(bed, ResourceWaitFor.Deleted, sync: false, "never")).Error);
    }

    [Fact]
    public async Task A_resource_made_anew_under_the_name_is_another_one()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var time = new ManualTime();
        bed.Open(time);
        var waiting = WaitAsync(bed, ResourceWaitFor.Deleted, sync: false, "web");
        while (!bed.Progressed.Any(p => p.Activity == "Waiting until Deleted"))
        {
            await Task.Delay(5);
        }

        await bed.DeleteAsync("configmaps", "web");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.Null(Assert.Single(await waiting).Error);
    }

    [Fact]
    public async Task What_is_not_there_or_goes_away_is_an_error_at_once_and_not_after_the_time()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var time = new ManualTime();
        bed.Open(time);
        var never = Assert.Single(await WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "never"));
        Assert.Equal(("FederatedResourceNotFound", FederationProblem.NotFound), (never.Error!.Id, never.Error.Problem));

        var waiting = WaitAsync(bed, ResourceWaitFor.Propagated, sync: false, "web");
        while (!bed.Progressed.Any(p => p.Activity == "Waiting until Propagated"))
        {
            await Task.Delay(5);
        }

        await bed.DeleteAsync("configmaps", "web");
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.Contains("deleted meanwhile", Assert.Single(await waiting).Error!.Message);
    }

    [Fact]
    public async Task Many_resources_cost_one_list_a_turn_and_a_time_of_zero_one_look()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        foreach (var i in Enumerable.Range(0, 20))
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        var type = await bed.TypeAsync("configmaps");
        bed.Clear();
        var outcomes = await CollectAsync(bed, new ResourceWaitRequest
        {
            Resources = [.. Enumerable.Range(0, 20).Select(i => new ResourceReference(type, new ObjectKey("ns1", $"web{i:00}")))],
            Timeout = TimeSpan.Zero,
        });
        Assert.Equal(20, outcomes.Count(o => o.Error is not null));
        Assert.Single(bed.Wire("host").Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        using var stop = new CancellationTokenSource();
        var type = await bed.TypeAsync("configmaps");
        var request = new ResourceWaitRequest { Resources = [new(type, new ObjectKey("ns1", "web"))], Timeout = TimeSpan.FromHours(1) };
        var waiting = Task.Run(async () =>
        {
            await foreach (var outcome in bed.Federation.Sync.WaitAsync(request, bed, stop.Token))
            {
                Assert.Fail($"{outcome}");
            }
        });
        while (!bed.Progressed.Any(p => p.Activity == "Waiting until Propagated"))
        {
            await Task.Delay(5);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task What_every_sync_says_again_is_said_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{},'placement':{'clusters':[{'name':'c1'},{'name':'mars'}]},'overrides':[{'clusterOverrides':[{'path':'/data/a','value':'2'}]}]}");
        bed.Open(new LeapingTime());
        bed.Warnings.Clear();
        bed.Clear();
        await WaitAsync(bed, ResourceWaitFor.Propagated, sync: true, "web");
        Assert.Single(bed.Warnings);
        Assert.True(bed.Wire("host").Requests.Count(r => r.Path.EndsWith("/federatedconfigmaps/web", StringComparison.Ordinal)) > 5);
    }

    private static async Task<IReadOnlyList<WaitOutcome>> WaitAsync(FederationBed bed, ResourceWaitFor wanted, bool sync, params string[] names)
    {
        var type = await bed.TypeAsync("configmaps");
        return await CollectAsync(bed, new ResourceWaitRequest
        {
            Resources = [.. names.Select(name => new ResourceReference(type, new ObjectKey("ns1", name)))],
            For = wanted,
            Timeout = TimeSpan.FromSeconds(30),
            Sync = sync,
        });
    }

    private static async Task<IReadOnlyList<WaitOutcome>> CollectAsync(FederationBed bed, ResourceWaitRequest request)
    {
        var outcomes = new List<WaitOutcome>();
        await foreach (var outcome in bed.Federation.Sync.WaitAsync(request, bed, default))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
