using System.Net;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What one member's trouble costs the others: nothing (P-49, P-72, P-101).</summary>
public class SyncIsolationTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task S_32_P_72_A_member_that_hangs_delays_nobody_and_what_the_others_did_is_recorded_while_it_still_hangs()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        for (var i = 0; i < 30; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        bed.Open(new LeapingTime { Deadlines = TimeSpan.FromSeconds(10) });
        bed.Faults("c2").When(_ => true, Fault.Hang);
        using var stop = new CancellationTokenSource();
        var run = bed.SyncAsync(new SyncRequest { ThrottleLimit = 4, Types = ["configmaps"] }, stop.Token);
        for (var i = 0; i < 30; i++)
        {
            while ((await bed.StatusAsync("configmaps", $"web{i:00}")).Find("c2") is null
                || await bed.BriefAsync("configmaps", $"web{i:00}") != "False/CheckClusters c1=Ok c2=ClusterNotReady c3=Ok")
            {
                Assert.False(run.IsCompleted);
                await Task.Delay(10);
            }
        }

        Assert.Contains("not answered yet", (await bed.StatusAsync("configmaps", "web00")).Find("c2")!.Message);
        bed.Faults("c2").Heal();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        bed.Open();
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web29"));
    }

    [Fact]
    public async Task P_72_A_member_that_hangs_inside_its_writes_keeps_no_other_clusters_result_from_being_recorded()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        for (var i = 0; i < 30; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        var time = new ManualTime();
        bed.Open(time);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, Fault.Hang);
        using var stop = new CancellationTokenSource();
        var run = bed.SyncAsync(new SyncRequest { ThrottleLimit = 4, Types = ["configmaps"] }, stop.Token);
        await UntilAsync(() => Task.FromResult(bed.Faults("c2").Injected == 4), run);
        var briefs = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            var name = $"web{i:00}";
            await UntilAsync(async () => (await bed.StatusAsync("configmaps", name)).Clusters.Count == 3, run, time);
            briefs.Add(await bed.BriefAsync("configmaps", name));
        }

        // Those that were sent, and those that were not even begun: with as many hanging as may be in work at once, nothing more is sent.
        var sent = bed.Faults("c2").Injected;
        Assert.InRange(sent, 4, 7);
        Assert.Equal(sent, briefs.Count(b => b == "False/CheckClusters c1=Ok c2=CreationTimedOut c3=Ok"));
        Assert.Equal(30 - sent, briefs.Count(b => b == "False/CheckClusters c1=Ok c2=ClusterNotReady c3=Ok"));
        await StopAsync(run, stop, time);
        bed.Faults("c2").Heal();
        bed.Open();
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web29"));
    }

    [Fact]
    public async Task P_72_One_object_whose_write_hangs_holds_up_neither_its_other_clusters_nor_the_other_objects_of_its_cluster()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        for (var i = 0; i < 10; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        var time = new ManualTime();
        bed.Open(time);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch && r.RequestUri!.AbsolutePath.EndsWith("/web00", StringComparison.Ordinal), Fault.Hang);
        using var stop = new CancellationTokenSource();
        var run = bed.SyncAsync(new SyncRequest { ThrottleLimit = 2, Types = ["configmaps"] }, stop.Token);
        await UntilAsync(() => Task.FromResult(bed.Faults("c2").Injected == 1), run);
        for (var i = 9; i >= 0; i--)
        {
            var name = $"web{i:00}";
            await UntilAsync(async () => (await bed.StatusAsync("configmaps", name)).Clusters.Count == 3, run, i == 0 ? time : null);
            Assert.Equal(i == 0 ? "False/CheckClusters c1=Ok c2=CreationTimedOut c3=Ok" : "True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", name));
        }

        Assert.Contains("no answer within 10 s", (await bed.StatusAsync("configmaps", "web00")).Find("c2")!.Message);
        await StopAsync(run, stop, time);
    }

    [Fact]
    public async Task What_comes_after_a_write_that_takes_long_still_comes_after_it()
    {
        await using var bed = await FederationBed.StartAsync(members: 2);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Open(new LeapingTime { Deadlines = TimeSpan.FromSeconds(10) });
        bed.Faults("c2").When(
            r => r.Method == HttpMethod.Patch && r.RequestUri!.AbsolutePath.EndsWith("/namespaces/ns1", StringComparison.Ordinal),
            Fault.Delay(TimeSpan.FromMilliseconds(500)));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal(
            ["/api/v1/namespaces/ns1", "/api/v1/namespaces/ns1/configmaps/web"],
            bed.Wire("c2").Writes.Select(w => w.Path));
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("namespaces", "ns1"));
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_104_A_list_that_fails_is_the_fault_of_that_type_in_that_cluster_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.DeclareAsync("secrets", "key", "{'template':{'stringData':{'a':'1'}},'placement':{'clusterSelector':{}}}");
        bed.Faults("c2").When(
            r => r.Method == HttpMethod.Get && r.RequestUri!.AbsolutePath.EndsWith("/secrets", StringComparison.Ordinal),
            Fault.Refuse(HttpStatusCode.InternalServerError, "InternalError", "etcd is away"));
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=CachedRetrievalFailed c3=Ok", await bed.BriefAsync("secrets", "key"));
        Assert.Contains("etcd is away", (await bed.StatusAsync("secrets", "key")).Find("c2")!.Message);
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_member_that_is_lost_half_way_costs_one_attempt_and_the_rest_of_its_cells_fail_at_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        for (var i = 0; i < 30; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, Fault.Unreachable);
        var outcomes = await bed.SyncAsync(new SyncRequest { ThrottleLimit = 1, Types = ["configmaps"] });
        Assert.Equal(1, bed.Faults("c2").Injected);
        Assert.Equal(30, outcomes.Count(o => o is { Cluster: "c1", Written: true }));
        Assert.Equal(30, outcomes.Count(o => o is { Cluster: "c2", Reason: PropagationReason.ClusterNotReady, Succeeded: false }));
    }

    [Theory]
    [InlineData(PlanAction.Create, PropagationReason.CreationTimedOut)]
    [InlineData(PlanAction.Update, PropagationReason.UpdateTimedOut)]
    [InlineData(PlanAction.Adopt, PropagationReason.UpdateTimedOut)]
    [InlineData(PlanAction.Delete, PropagationReason.DeletionTimedOut)]
    [InlineData(PlanAction.Unmanage, PropagationReason.LabelRemovalTimedOut)]
    public void A_write_that_runs_out_of_time_is_named_for_what_it_was_and_counts_against_the_cluster_E_31(PlanAction action, PropagationReason reason)
    {
        var fault = MemberFault.OfWrite(action, new KubeConnectionException("c1", ConnectionFailure.TimedOut, "no answer within 30 s"));
        Assert.Equal((reason, true), (fault.Reason, fault.Cluster));
        Assert.Contains("30 s", fault.Message);
    }

    [Fact]
    public async Task S_60_P_49_A_member_without_the_type_fails_that_type_there_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.DeclareAsync("secrets", "key", "{'template':{'stringData':{'a':'1'}},'placement':{'clusterSelector':{}}}");
        bed.Faults("c2").When(r => r.RequestUri!.AbsolutePath.EndsWith("/secrets", StringComparison.Ordinal), Fault.Refuse(HttpStatusCode.NotFound,
            "NotFound", "the server could not find the requested resource"));
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=TypeNotServed c3=Ok", await bed.BriefAsync("secrets", "key"));
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_token_the_member_no_longer_accepts_is_named_with_its_remedy()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var cluster = await bed.Federation.Clusters.FindAsync("c2", default);
        await bed.Admin("host").PatchAsync(
            KnownResources.Secrets,
            new ObjectKey(bed.Federation.SystemNamespace, cluster!.SecretName),
            KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json("{'data':{'token':'d3Jvbmc='}}")!),
            WriteOptions.Default,
            default);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=CredentialsRejected c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("Join the cluster again", (await bed.StatusAsync("configmaps", "web")).Find("c2")!.Message);
    }

    [Fact]
    public async Task A_cluster_without_its_secret_is_that_clusters_fault_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var cluster = await bed.Federation.Clusters.FindAsync("c2", default);
        await bed.Admin("host").DeleteAsync(KnownResources.Secrets, new ObjectKey(bed.Federation.SystemNamespace, cluster!.SecretName),
            DeleteOptions.Default, default);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=Ok c2=ClientRetrievalFailed c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_11_A_dead_cluster_that_was_never_selected_is_not_mentioned()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        bed.Sandbox["c3"].Offline = true;
        await bed.DeclareAsync("configmaps", "web", "{'template':{},'placement':{'clusters':[{'name':'c1'}]}}");
        var outcomes = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.DoesNotContain(outcomes, o => o.Cluster == "c3");
    }

    [Fact]
    public async Task S_42_A_stray_label_is_taken_off_where_it_can_be()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        foreach (var cluster in (string[])["c1", "c2"])
        {
            await bed.PutAsync(cluster, KnownResources.ConfigMaps, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}}}", manager: "hyperfed");
        }

        bed.Sandbox["c2"].Offline = true;
        await bed.SyncAsync();
        Assert.Null((await bed.MapAsync("c1", "stray"))!.Label(KubeFedNames.ManagedLabel));
        bed.Sandbox["c2"].Offline = false;
        Assert.NotNull((await bed.MapAsync("c2", "stray"))!.Label(KubeFedNames.ManagedLabel));
        await bed.SyncAsync();
        Assert.Null((await bed.MapAsync("c2", "stray"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task An_object_that_appears_between_the_list_and_the_write_is_met_by_the_plan_and_not_taken_over_by_accident()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt: false);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch)
                {
                    bed.Sandbox["c1"].Seed(KubeObject.Parse(
                        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web","namespace":"ns1"},"data":{"a":"theirs"}}"""));
                }

                return false;
            },
            Fault.Hang);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=AlreadyExists", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("theirs", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_object_that_opts_out_between_the_list_and_the_write_stays_out()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        var once = 0;
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch && Interlocked.Exchange(ref once, 1) == 0)
                {
                    bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'false'}}}").GetAwaiter().GetResult();
                }

                return false;
            },
            Fault.Hang);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=ManagedLabelFalse", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("1", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_copy_that_vanishes_between_the_list_and_the_write_is_made_again_in_the_same_run()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "app",
            "{'retainReplicas':true,'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
            + "'spec':{'containers':[{'name':'c','image':'i'}]}}}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("deployments.apps", "app", "{'spec':{'template':{'metadata':{'labels':{'x':'y'}}}}}");
        bed.Faults("c1").When(
            request =>
            {
                if (request.RequestUri!.AbsolutePath.EndsWith("/deployments/app", StringComparison.Ordinal) && request.Method == HttpMethod.Get)
                {
                    bed.Admin("c1").DeleteAsync(KnownResources.Deployments, new ObjectKey("ns1", "app"), DeleteOptions.Default,
                        default).GetAwaiter().GetResult();
                    bed.Faults("c1").Heal();
                }

                return false;
            },
            Fault.Hang);
        await bed.SyncAsync();
        Assert.Equal("y", (await bed.CopyAsync("c1", KnownResources.Deployments, "app"))!.Label("x"));
        Assert.Equal("True c1=Ok", await bed.BriefAsync("deployments.apps", "app"));
    }

    [Theory]
    [InlineData("Connection refused", "c1: Connection refused. Check the port.")]
    [InlineData("It ends.", "c1: It ends. Check the port.")]
    public void A_remedy_is_a_sentence_of_its_own(string message, string expected)
    {
        var error = new KubeConnectionException("c1", ConnectionFailure.Unreachable, message) { Remedy = "Check the port." };
        Assert.Equal(expected, MemberFault.OfRead(error).Message);
    }

    [Fact]
    public void A_message_of_any_length_is_stored_in_a_thousand_characters() =>
        Assert.Equal(1004, MemberFault.OfWrite(PlanAction.Create, new KubeApiException("c1", "PATCH /x", new KubeStatus(500, "InternalError",
            new string('x', 5000)))).Message.Length);

    [Fact]
    public async Task E_113_A_status_written_by_somebody_else_meanwhile_is_read_again_and_both_are_kept()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        var once = 0;
        bed.Faults("host").When(
            request =>
            {
                if (request.RequestUri!.AbsolutePath.EndsWith("/status", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 1) == 0)
                {
                    bed.ChangeAsync("configmaps", "web", "{'metadata':{'labels':{'theirs':'1'}}}").GetAwaiter().GetResult();
                }

                return false;
            },
            Fault.Hang);
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("1", (await bed.FederatedAsync("configmaps", "web"))!.Label("theirs"));
    }

    [Fact]
    public async Task E_27_A_host_that_refuses_the_finalizer_keeps_the_resource_from_every_member()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Faults("host").When(r => r.Method == HttpMethod.Patch, Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden", "read-only"));
        var outcomes = await bed.SyncAsync();
        var failed = Assert.Single(outcomes, o => o.Type.Name == "configmaps");
        Assert.Equal((null, false), (failed.Cluster, failed.Succeeded));
        Assert.Contains("read-only", failed.Message);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_member_that_can_not_guard_a_creation_is_looked_at_first_and_refused_once_only()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt: false);
        await bed.PutAsync("c1", KnownResources.Services, "taken", "{'spec':{'ports':[{'port':80}]}}");
        foreach (var name in (string[])["a", "b", "taken"])
        {
            await bed.DeclareAsync("services", name, "{'template':{'spec':{'ports':[{'port':80}]}},'placement':{'clusterSelector':{}}}");
        }

        bed.Clear();
        bed.Faults("c1").When(
            r => r.Content is { } body && body.ReadAsStringAsync().GetAwaiter().GetResult().Contains("\"resourceVersion\":\"1\"", StringComparison.Ordinal),
            Fault.Refuse(HttpStatusCode.InternalServerError, "InternalError", "resourceVersion should not be set on objects to be created"));
        await bed.SyncAsync(new SyncRequest { ThrottleLimit = 1 });
        Assert.Equal(1, bed.Faults("c1").Injected);
        Assert.Equal("True c1=Ok", await bed.BriefAsync("services", "a"));
        Assert.Equal("True c1=Ok", await bed.BriefAsync("services", "b"));
        Assert.Equal("False/CheckClusters c1=AlreadyExists", await bed.BriefAsync("services", "taken"));
        Assert.Equal(2, bed.Wire("c1").Writes.Count);
    }

    /// <summary>Waits while the run goes on; with a clock, time passes meanwhile.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition, Task run, ManualTime? time = null)
    {
        while (!await condition())
        {
            Assert.False(run.IsCompleted);
            time?.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }
    }

    /// <summary>Cancels a run and lets its grace period pass.</summary>
    private static async Task StopAsync(Task run, CancellationTokenSource stop, ManualTime time)
    {
        await stop.CancelAsync();
        while (!run.IsCompleted)
        {
            time.Advance(Synchronizer.GracePeriod);
            await Task.Delay(10);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}
