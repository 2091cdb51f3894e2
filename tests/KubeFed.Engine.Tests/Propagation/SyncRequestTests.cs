using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What a run is asked for: dry runs, filters, being stopped; and what it says of requests that make no sense.</summary>
public class SyncRequestTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task A_dry_run_says_exactly_what_the_real_run_then_does_and_writes_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "gone", Everywhere);
        await bed.DeclareAsync("configmaps", "drifted", Everywhere);
        await bed.SyncAsync();
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.EditAsync("c2", KnownResources.ConfigMaps, "drifted", "{'data':{'a':'x'}}");
        await bed.DeleteAsync("configmaps", "gone");
        bed.Clear();

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true });
        Assert.Empty(bed.Writes);
        Assert.All(planned, o => Assert.True(o is { DryRun: true, Written: false }));
        var done = await bed.SyncAsync();

        Assert.Contains(planned, o => o is { Cluster: "c1", Resource.Name: "web", Action: PlanAction.Adopt });
        Assert.Contains(planned, o => o is { Cluster: "c2", Resource.Name: "drifted", Action: PlanAction.Update });
        Assert.Contains(planned, o => o is { Cluster: "c3", Resource.Name: "gone", Action: PlanAction.Delete });
        Assert.Equal(Lines(done), Lines(planned));
    }

    [Fact]
    public async Task Only_the_clusters_asked_for_are_touched_and_the_others_keep_their_record()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
        await bed.EditAsync("c2", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
        var before = (await bed.StatusAsync("configmaps", "web")).Find("c2");

        var outcomes = await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });

        Assert.All(outcomes, o => Assert.Equal("c1", o.Cluster));
        Assert.Equal("x", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal("1", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal(before, (await bed.StatusAsync("configmaps", "web")).Find("c2"));
    }

    [Fact]
    public async Task A_cluster_that_was_left_out_is_on_record_as_pending_until_a_sync_comes_to_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("False/CheckClusters c1=Ok c2=Pending c3=Pending", await bed.BriefAsync("configmaps", "web"));
        var status = await bed.StatusAsync("configmaps", "web");
        Assert.Equal("1/3", status.Summary!.Clusters);
        Assert.Equal("the last sync did not come to this cluster, and it has no copy yet", status.Find("c2")!.Message);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));

        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("False/CheckClusters c1=Ok c2=Pending c3=Pending", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Empty(bed.Writes);

        // Taken back, the change that never came there leaves nothing to do there.
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'1'}}}}");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_cluster_stays_pending_however_often_it_is_left_out()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        foreach (var cluster in (string[])["c1", "c1", "c2"])
        {
            await bed.SyncAsync(new SyncRequest { Clusters = [cluster] });
        }

        Assert.Equal("False/CheckClusters c1=Ok c2=Ok c3=Pending", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1", "c2"] });
        Assert.Empty(bed.Writes);

        // Widened, a placement asks for a copy where there has never been one.
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'}]}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[{'name':'c1'},{'name':'c2'}]}}}");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("False/CheckClusters c1=Ok c2=Pending", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task What_the_declaration_was_to_blame_for_is_judged_anew_also_where_no_sync_came()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/x/y','value':1}]}]}");
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=ApplyOverridesFailed c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        await bed.SyncAsync(new SyncRequest { Clusters = ["c2"] });
        Assert.Equal("False/CheckClusters c1=ApplyOverridesFailed c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'overrides':null}}");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c2"] });
        Assert.Equal("False/CheckClusters c1=Pending c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_deletion_that_did_not_come_to_a_cluster_says_that_the_copy_is_there_still()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("False/CheckClusters c2=Pending c3=Pending", await bed.BriefAsync("configmaps", "web"));
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_cluster_left_out_that_is_no_longer_selected_still_holds_its_copy_on_record()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[{'name':'c1'},{'name':'mars'}]}}}");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1", "c3"] });
        Assert.Equal("False/CheckClusters c1=Ok c2=Pending mars=ClusterNotFound", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("still holds a copy", (await bed.StatusAsync("configmaps", "web")).Find("c2")!.Message, StringComparison.Ordinal);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok mars=ClusterNotFound", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_run_that_is_stopped_calls_nothing_propagated_that_it_did_not_come_to()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        using var stop = new CancellationTokenSource();
        bed.Faults("c3").When(_ => true, Fault.Hang);
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch)
                {
                    stop.Cancel();
                }

                return false;
            },
            Fault.Hang);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bed.SyncAsync(new SyncRequest { Types = ["configmaps"] }, stop.Token));
        bed.Faults("c3").Heal();
        Assert.Contains("c3=Pending", await bed.BriefAsync("configmaps", "web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_with_a_cluster_filter_waits_for_the_clusters_left_out()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });
        Assert.Equal("c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.NotNull(await bed.FederatedAsync("configmaps", "web"));
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Theory]
    [InlineData("cm", "a*", "", "abc")]
    [InlineData("ConfigMap", "x", "", "x")]
    [InlineData("", "?", "", "x")]
    [InlineData("configmaps", "", "ns1", "abc,x")]
    [InlineData("configmaps", "", "elsewhere", "")]
    [InlineData("secrets", "", "", "")]
    public async Task Only_what_was_asked_for_is_synchronised(string type, string name, string @namespace, string expected)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "abc", Everywhere);
        await bed.DeclareAsync("configmaps", "x", Everywhere);
        await bed.SyncAsync(new SyncRequest { Types = Some(type), Names = Some(name), Namespaces = Some(@namespace) });
        var found = new List<string>();
        foreach (var map in (string[])["abc", "x"])
        {
            if (await bed.MapAsync("c1", map) is not null)
            {
                found.Add(map);
            }
        }

        Assert.Equal(expected, string.Join(',', found));

        static string[] Some(string text) => text.Length == 0 ? [] : [text];
    }

    [Fact]
    public async Task A_filtered_run_calls_nothing_an_orphan()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}}}");
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { Names = ["web"] });
        await bed.SyncAsync(new SyncRequest { Namespaces = ["ns1"] });
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Unknown_clusters_and_types_in_the_request_are_refused_before_anything_happens()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        var cluster = await Assert.ThrowsAsync<FederationException>(() => bed.SyncAsync(new SyncRequest { Clusters = ["c9"] }));
        Assert.Equal(("ClusterNotFound", "c9"), (cluster.Id, cluster.Target));
        Assert.Contains("c1, c2", cluster.Remedy);
        var type = await Assert.ThrowsAsync<FederationException>(() => bed.SyncAsync(new SyncRequest { Types = ["ingresses"] }));
        Assert.Equal("TypeNotEnabled", type.Id);
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_34_A_placement_that_names_an_unknown_cluster_reports_it_and_serves_the_others()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'},{'name':'mars'}]}}");
        var outcomes = await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok mars=ClusterNotFound", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("join it, or take the name out", outcomes.Single(o => o.Cluster == "mars").Message);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[{'name':'c1'}]}}}");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_template_that_is_no_object_of_the_kind_fails_where_it_is_refused_with_the_servers_words()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "bad", "{'template':{'data':'text'},'placement':{'clusterSelector':{}}}");
        await bed.DeclareAsync("configmaps", "good", Everywhere);
        var outcomes = await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=CreationFailed", await bed.BriefAsync("configmaps", "bad"));
        Assert.True(outcomes.Single(o => o.Resource.Name == "good").Succeeded);
    }

    [Fact]
    public async Task A_cluster_that_left_the_federation_is_dropped_from_the_record()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.Admin("host").DeleteAsync(CoreResources.KubeFedClusters, new ObjectKey(bed.Federation.SystemNamespace, "c2"),
            Kubernetes.Client.DeleteOptions.Default, default);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Finalizers_and_status_conditions_of_others_survive()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.ChangeAsync("configmaps", "web", "{'metadata':{'finalizers':['example.com/x']}}");
        await bed.SyncAsync();
        Assert.Equal(["example.com/x", KubeFedNames.SyncFinalizer], (await bed.FederatedAsync("configmaps", "web"))!.Finalizers);
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Equal(["example.com/x"], (await bed.FederatedAsync("configmaps", "web"))!.Finalizers);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_namespace_and_its_content_declared_together_come_true_in_one_run()
    {
        await using var bed = await FederationBed.StartAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.FederateNamespaceAsync("ns1");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_38_A_namespace_and_its_content_deleted_together_leave_nothing_behind()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.DeleteAsync("namespaces", "ns1");
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("namespaces", "ns1"));
        Assert.Equal("host", await bed.WhereAsync(KnownResources.Namespaces, "ns1"));
    }

    [Fact]
    public async Task A_type_whose_definition_is_gone_is_told_and_the_others_go_on()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.Admin("host").DeleteAsync(
            KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("federatedsecrets.types.kubefed.io"),
                Kubernetes.Client.DeleteOptions.Default, default);
        await bed.SyncAsync();
        var error = Assert.Single(bed.Errors);
        Assert.Equal(("FederatedListFailed", "secrets"), (error.Id, error.Target));
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Stopping_lets_the_write_under_way_end_and_records_it_and_begins_nothing_new()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        foreach (var i in Enumerable.Range(0, 40))
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        using var stop = new CancellationTokenSource();
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch)
                {
                    stop.Cancel();
                }

                return false;
            },
            Fault.Hang);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bed.SyncAsync(new SyncRequest { ThrottleLimit = 2, Types = ["configmaps"] }, stop.Token));
        bed.Faults("c1").Heal();

        var made = 0;
        foreach (var i in Enumerable.Range(0, 40))
        {
            var exists = await bed.MapAsync("c1", $"web{i:00}") is not null;
            var recorded = (await bed.StatusAsync("configmaps", $"web{i:00}")).Find("c1") is { AppliedHash: not null };
            Assert.Equal(exists, recorded);
            made += exists ? 1 : 0;
        }

        Assert.InRange(made, 1, 39);
        await bed.SyncAsync();
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task A_deletion_that_is_stopped_half_way_is_not_taken_for_complete()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'}]}}");
        await bed.SyncAsync();

        // A copy nobody recorded, in a cluster that is not selected: only a look finds it.
        await bed.PutAsync("c2", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'true'}}}");
        await bed.DeleteAsync("configmaps", "web");
        using var stop = new CancellationTokenSource();
        bed.Faults("c2").When(_ => true, Fault.Hang);
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Delete)
                {
                    stop.Cancel();
                }

                return false;
            },
            Fault.Hang);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bed.SyncAsync(new SyncRequest { Types = ["configmaps"] }, stop.Token));
        bed.Faults("c2").Heal();
        Assert.NotNull(await bed.FederatedAsync("configmaps", "web"));
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Leaving_the_enumeration_early_stops_the_run_and_leaves_nothing_half_recorded()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        foreach (var i in Enumerable.Range(0, 20))
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        await foreach (var outcome in bed.Federation.Sync.RunAsync(new SyncRequest { ThrottleLimit = 1, Types = ["configmaps"] }, NullSink.Instance, default))
        {
            Assert.True(outcome.Written);
            break;
        }

        foreach (var i in Enumerable.Range(0, 20))
        {
            var status = await bed.StatusAsync("configmaps", $"web{i:00}");
            foreach (var cluster in (string[])["c1", "c2"])
            {
                Assert.Equal(await bed.MapAsync(cluster, $"web{i:00}") is not null, status.Find(cluster) is { AppliedHash: not null });
            }
        }
    }

    [Fact]
    public async Task A_reader_that_is_slow_slows_the_run_down_and_still_gets_everything()
    {
        const int Declared = Synchronizer.Unread + 100;
        await using var bed = await ManyAsync(Declared);
        await using var outcomes = bed.Federation.Sync
            .RunAsync(new SyncRequest { ThrottleLimit = 8, Types = ["configmaps"] }, NullSink.Instance, default)
            .GetAsyncEnumerator();
        Assert.True(await outcomes.MoveNextAsync());
        await SettledAsync(bed);
        Assert.InRange(bed.Wire("c1").Writes.Count, Synchronizer.Unread, Synchronizer.Unread + 10);

        var read = 1;
        while (await outcomes.MoveNextAsync())
        {
            read++;
        }

        Assert.Equal(Declared, read);
        Assert.Equal(Declared, bed.Wire("c1").Writes.Count);
    }

    [Fact]
    public async Task P_72_A_reader_that_is_slow_is_not_taken_for_a_member_that_hangs()
    {
        const int Declared = Synchronizer.Unread + 100;
        await using var bed = await ManyAsync(Declared, members: 2);
        var time = new ManualTime();
        bed.Open(time);

        // The first member's outcomes take all the room, so that the second one's, whose work is done, wait for the reader.
        bed.Faults("c2").When(r => r.Method == HttpMethod.Get, Fault.Delay(TimeSpan.FromSeconds(1)));
        await using var outcomes = bed.Federation.Sync
            .RunAsync(new SyncRequest { ThrottleLimit = 8, Types = ["configmaps"] }, NullSink.Instance, default)
            .GetAsyncEnumerator();
        Assert.True(await outcomes.MoveNextAsync());
        while (bed.Wire("c2").Writes.Count == 0)
        {
            await Task.Delay(10);
        }

        await SettledAsync(bed);
        time.Advance(TimeSpan.FromMinutes(1));
        await SettledAsync(bed);
        while (await outcomes.MoveNextAsync())
        {
        }

        // One finalizer and one status each: nothing was recorded for the time being.
        Assert.Equal(2 * Declared, bed.Wire("host").Writes.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_sleeps_or_goes_away_keeps_no_run_from_ending_and_what_was_done_is_recorded(bool goes)
    {
        await using var bed = await ManyAsync(Synchronizer.Unread + 100);
        using var stop = new CancellationTokenSource();
        var outcomes = bed.Federation.Sync
            .RunAsync(new SyncRequest { ThrottleLimit = 8, Types = ["configmaps"] }, NullSink.Instance, stop.Token)
            .GetAsyncEnumerator();
        Assert.True(await outcomes.MoveNextAsync());
        await SettledAsync(bed);
        if (goes)
        {
            await outcomes.DisposeAsync();
        }
        else
        {
            await stop.CancelAsync();
            await SettledAsync(bed);
        }

        var made = (await bed.Admin("c1").ListAsync(KnownResources.ConfigMaps, new Kubernetes.Client.ListQuery { Namespace = "ns1" }, default))
            .Items.Select(i => i.Name).Where(n => n.StartsWith("web", StringComparison.Ordinal)).Order();
        var type = await bed.TypeAsync("configmaps");
        var recorded = (await bed.Admin("host").ListAsync(type.Federated, new Kubernetes.Client.ListQuery(), default))
            .Items.Where(i => Engine.Propagation.Recording.PropagationStatus.Read(i).Find("c1") is { AppliedHash: not null }).Select(i => i.Name).Order();
        Assert.Equal(made, recorded);
        if (!goes)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await outcomes.MoveNextAsync())
                {
                }
            });
        }
    }

    [Fact]
    public async Task P_76_A_definition_without_room_for_the_summary_is_not_written_to_at_every_sync()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        var key = ObjectKey.ClusterScoped("federatedconfigmaps.types.kubefed.io");
        var definition = await bed.Admin("host").GetAsync(KnownResources.CustomResourceDefinitions, key, default);
        Assert.True(definition.Spec!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]!["properties"]!.AsObject().Remove("summary"));
        await bed.Admin("host").ReplaceAsync(KnownResources.CustomResourceDefinitions, definition, Kubernetes.Client.WriteOptions.Default, default);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        Assert.Null((await bed.FederatedAsync("configmaps", "web"))!.Status!["summary"]);
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_76_The_summary_comes_with_the_one_status_write_and_is_not_written_again()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'},{'name':'c2'},{'name':'mars'}]}}");
        bed.Clear();
        await bed.SyncAsync();
        Assert.Single(bed.Wire("host").Writes, w => w.Path.EndsWith("/web/status", StringComparison.Ordinal));
        Assert.Equal("""{"clusters":"2/3"}""", (await bed.FederatedAsync("configmaps", "web"))!.Status!["summary"]!.ToJsonString());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Progress_counts_every_resource_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "a", Everywhere);
        await bed.DeclareAsync("configmaps", "b", Everywhere);
        bed.Progressed.Clear();
        await bed.SyncAsync();
        Assert.Equal([1, 2, 3], bed.Progressed.Select(p => p.Done).Order());

        // Lists are read on while the first resources are worked on, so how many there are comes to light by and by.
        Assert.All(bed.Progressed, p => Assert.InRange(p.Done, 1, p.Total));
        Assert.Equal(3, bed.Progressed.Max(p => p.Total));
    }

    [Fact]
    public async Task The_placement_of_a_resource_can_be_explained_without_a_run()
    {
        await using var bed = await FederationBed.StartAsync(members: 2);
        await bed.FederateNamespaceAsync("ns1", "{'clusters':[{'name':'c1'}]}");
        var value = await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'},{'name':'c2'},{'name':'mars'}]}}");
        bed.Clear();
        var placement = await bed.Federation.Sync.ExplainAsync(new FederatedResource(await bed.TypeAsync("configmaps"), value), default);
        Assert.Equal(
            [("c1", PlacementVerdict.Listed), ("c2", PlacementVerdict.NamespaceElsewhere), ("mars", PlacementVerdict.NotRegistered)],
            placement.Clusters.Select(c => (c.Cluster, c.Verdict)));
        Assert.All(placement.Clusters, c => Assert.NotEmpty(c.Explanation));
        Assert.Empty(bed.Writes);
    }

    private static async Task<FederationBed> ManyAsync(int count, int members = 1)
    {
        var bed = await FederationBed.WithNamespaceAsync(members);
        for (var i = 0; i < count; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:000}", Everywhere);
        }

        bed.Clear();
        return bed;
    }

    /// <summary>Until no write has come for a while.</summary>
    private static async Task SettledAsync(FederationBed bed)
    {
        for (var (before, now) = (-1, bed.Writes.Count); before != now; (before, now) = (now, bed.Writes.Count))
        {
            await Task.Delay(300);
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<SyncOutcome> outcomes) =>
        outcomes.Select(o => $"{o.Type} {o.Resource} {o.Cluster} {o.Action} {o.Reason}").Order();
}
