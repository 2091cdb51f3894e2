using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Control;

/// <summary>Members that come, go, fail and come back while a controller runs.</summary>
public class ControlledMemberTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task A_cluster_that_joins_gets_its_copies_and_one_that_leaves_is_dropped_from_the_record()
    {
        await using var bed = await ControllerTests.Propagated();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c3", Policy = LeavePolicy.Delete }, bed, default);
        await using var controller = await RunningController.StartAsync(bed);
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
        await bed.Federation.Clusters.JoinAsync(new JoinRequest { Name = "c3", Member = bed.Sandbox["c3"].Settings }, bed, default);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        await controller.QuietAsync();
        bed.Clear();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c3" }, bed, default);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok");
        Assert.Equal(["c1", "c2"], controller.State.Clusters.Select(cluster => cluster.Name));
        Assert.DoesNotContain(bed.Requests, r => r.Server is "c1" or "c2" && !ControllerTests.IsProbe(r.Path));
    }

    [Theory]
    [InlineData(LeavePolicy.Delete)]
    [InlineData(LeavePolicy.Orphan)]
    public async Task What_a_leaving_cluster_gives_up_is_not_put_back_meanwhile(LeavePolicy policy)
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c3", Policy = policy }, bed, default);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok");
        await controller.QuietAsync();
        Assert.Null((await bed.MapAsync("c3"))?.Label(KubeFedNames.ManagedLabel));
        Assert.Equal(policy == LeavePolicy.Orphan, await bed.MapAsync("c3") is not null);
    }

    [Fact]
    public async Task A_suspended_cluster_is_sent_nothing_and_makes_up_for_what_it_missed_when_it_is_resumed()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.Federation.Clusters.SuspendAsync("c2", "maintenance", dryRun: false, bed, default);
        await controller.UntilBriefAsync("configmaps", "web", "False/CheckClusters c1=Ok c2=ClusterSuspended c3=Ok");
        bed.Clear();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c3"))!.Json["data"]!["a"]!.GetValue<string>() == "2", "c3 has the new data");
        await controller.QuietAsync();
        Assert.DoesNotContain(bed.Requests, r => r.Server == "c2");
        await bed.Federation.Clusters.ResumeAsync("c2", dryRun: false, bed, default);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        Assert.Equal("2", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task P_20_P_21_A_member_that_goes_down_and_comes_back_costs_its_own_cells_and_keeps_its_watches()
    {
        await using var bed = await ControllerTests.Propagated();
        await ProbeQuicklyAsync(bed);
        await using var controller = await RunningController.StartAsync(bed);
        bed.Sandbox["c2"].Offline = true;
        await controller.UntilBriefAsync("configmaps", "web", "False/CheckClusters c1=Ok c2=ClusterNotReady c3=Ok");
        var cluster = await bed.Federation.Clusters.FindAsync("c2", default);
        Assert.Equal("Unknown", cluster!.Conditions.Single(c => c.Type == "Ready").Status);
        Assert.NotNull(controller.State.Clusters.Single(c => c.Name == "c2").Trouble);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c3"))!.Json["data"]!["a"]!.GetValue<string>() == "2", "c3 has the new data");
        bed.Clear();
        bed.Sandbox["c2"].Offline = false;
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        Assert.Equal("2", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Null(controller.State.Clusters.Single(c => c.Name == "c2").Trouble);
        Assert.DoesNotContain(bed.Requests, r => r.Server == "c2" && r.Path == "/api/v1/configmaps" && !r.Query.Contains("watch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P_20_One_probe_that_fails_changes_nothing()
    {
        await using var bed = await ControllerTests.Propagated();
        await ProbeQuicklyAsync(bed);
        await using var controller = await RunningController.StartAsync(bed);
        bed.Faults("c2").When(r => r.RequestUri!.AbsolutePath == "/readyz", Fault.Unreachable, times: 2);
        await controller.UntilAsync(() => bed.Faults("c2").Injected == 2, "two probes failed");
        await controller.QuietAsync();
        Assert.All(bed.Writes, write => Assert.Contains("/events", write, StringComparison.Ordinal)); // C-35
        Assert.True(controller.State.Clusters.Single(c => c.Name == "c2").Ready);
    }

    [Fact]
    public async Task P_101_P_104_A_member_that_hangs_from_the_beginning_holds_up_nobody()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        bed.Faults("c2").When(_ => true, Fault.Hang);
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "False/CheckClusters c1=Ok c2=ClusterNotReady c3=Ok");
        Assert.True(controller.State.IsSynced);
        bed.Faults("c2").Heal();
    }

    [Fact]
    public async Task P_72_P_101_A_member_that_hangs_inside_its_writes_keeps_the_others_from_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, Fault.Hang);
        for (var i = 0; i < 60; i++)
        {
            await bed.DeclareAsync("configmaps", $"web{i:00}", Everywhere);
        }

        await controller.UntilAsync(
            async () => await bed.MapAsync("c1", "web59") is not null && await bed.MapAsync("c3", "web59") is not null && await bed.MapAsync("c1", "web00") is not null,
            "the others have their copies");
        bed.Faults("c2").Heal();
    }

    [Fact]
    public async Task S_60_P_49_A_member_without_the_type_costs_its_own_cells_until_it_serves_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        foreach (var cluster in (string[])["host", "c1"])
        {
            await DefineAsync(bed, cluster);
        }

        await bed.Federation.Types.EnableAsync(new Engine.Types.EnableRequest { Name = "widgets.example.io" }, bed, default);
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("widgets.example.io", "w", "{'template':{'spec':{'size':1}},'placement':{'clusterSelector':{}}}");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("widgets.example.io", "w", "False/CheckClusters c1=Ok c2=TypeNotServed");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok");
        await DefineAsync(bed, "c2");
        await controller.UntilBriefAsync("widgets.example.io", "w", "True c1=Ok c2=Ok");
    }

    [Fact]
    public async Task P_2_A_token_that_is_renewed_is_noticed_and_the_old_one_no_longer_used()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        var before = await TokenAsync(bed, "c2");
        await bed.Federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = "c2", Member = bed.Sandbox["c2"].Settings }, bed, default);
        Assert.NotEqual(before, await TokenAsync(bed, "c2"));
        await controller.QuietAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>() == "2", "c2 has the new data");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        Assert.Equal(0, controller.State.Failures);
    }

    [Fact]
    public async Task P_2_A_token_that_is_not_accepted_is_said_so_until_a_good_one_is_stored()
    {
        await using var bed = await ControllerTests.Propagated();
        await ProbeQuicklyAsync(bed);
        await using var controller = await RunningController.StartAsync(bed);
        var good = await TokenAsync(bed, "c2");
        await StoreTokenAsync(bed, "c2", "nonsense");
        await controller.UntilAsync(async () => (await bed.StatusAsync("configmaps", "web")).Find("c2")!.Reason != PropagationReason.Ok, "c2 is not all right");
        await StoreTokenAsync(bed, "c2", good);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
    }

    private static Task<ControlPlaneConfig> ProbeQuicklyAsync(FederationBed bed) => bed.Federation.ControlPlane.EditConfigAsync(
        spec =>
        {
            spec["clusterHealthCheck"]!["period"] = "100ms";
            spec["clusterHealthCheck"]!["timeout"] = "2s";
        },
        dryRun: false,
        default);

    private static async Task<ObjectKey> SecretOfAsync(FederationBed bed, string cluster) =>
        new(bed.Federation.SystemNamespace, (await bed.Federation.Clusters.FindAsync(cluster, default))!.SecretName);

    private static async Task<string> TokenAsync(FederationBed bed, string cluster)
    {
        var secret = await bed.Admin("host").GetAsync(KnownResources.Secrets, await SecretOfAsync(bed, cluster), default);
        return Encoding.UTF8.GetString(Convert.FromBase64String(secret.Json["data"]!["token"]!.GetValue<string>()));
    }

    private static async Task StoreTokenAsync(FederationBed bed, string cluster, string token)
    {
        var patch = new System.Text.Json.Nodes.JsonObject
        {
            ["data"] = new System.Text.Json.Nodes.JsonObject { ["token"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) },
        };
        await bed.Admin("host").PatchAsync(KnownResources.Secrets, await SecretOfAsync(bed, cluster), KubePatch.Merge(patch), WriteOptions.Default, default);
    }

    private static async Task DefineAsync(FederationBed bed, string cluster)
    {
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("widgets.example.io"));
        definition.Json["spec"] = Make.Json(
            "{'group':'example.io','scope':'Namespaced','names':{'kind':'Widget','plural':'widgets'},'versions':[{'name':'v1','served':true,'storage':true,"
            + "'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object','properties':{'size':{'type':'integer'}}}}}}}]}");
        await bed.Admin(cluster).CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, default);
    }
}
