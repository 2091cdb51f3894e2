using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Control;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Tests.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.ControlPlane;

/// <summary>What a KubeFedConfig says has its effect, or is named as without one. P-106, api.md section 5.</summary>
public class FeatureGateTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";
    private const string Workload =
        "{'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
        + "'spec':{'containers':[{'name':'c','image':'i'}]}}}},'placement':{'clusters':[{'name':'c1'}]}}";

    private static readonly ObjectKey Web = new("ns1", "web");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_PushReconciler_disabled_a_sync_sends_no_member_anything_says_so_and_goes_on_when_it_is_enabled()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await GateAsync(bed, "PushReconciler", "Disabled");
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        bed.Clear();
        foreach (var request in (SyncRequest[])[new(), new() { Types = ["configmaps"] }, new() { Types = ["config*"] }, new() { DryRun = true }])
        {
            bed.Warnings.Clear();
            Assert.Empty(await bed.SyncAsync(request));
            Assert.Contains("feature gate PushReconciler is Disabled", Assert.Single(bed.Warnings), StringComparison.Ordinal);
        }

        Assert.Empty(bed.Writes);
        await GateAsync(bed, "PushReconciler", "Enabled");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task With_PushReconciler_disabled_nothing_is_taken_away_and_what_is_created_gets_no_finalizer()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        await GateAsync(bed, "PushReconciler", "Disabled");
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.NotNull(await bed.MapAsync("c1"));
        var type = await bed.Federation.Types.ResolveAsync("configmaps", Token);
        var made = await bed.Federation.Resources.CreateAsync(Make.Resource(Everywhere, type, "other"), dryRun: false, Token);
        Assert.Empty(made.Object.Finalizers);
        var refused = await Assert.ThrowsAsync<FederationException>(() => bed.Federation.Types.DisableAsync(
            new DisableRequest { Name = "configmaps", Resources = ResourcePolicy.Delete }, bed, Token));
        Assert.Equal("PropagationGateOff", refused.Id);
    }

    [Fact]
    public async Task A_controller_follows_the_gates_while_it_runs()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await GateAsync(bed, "PushReconciler", "Disabled");
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.QuietAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));

        await GateAsync(bed, "PushReconciler", "Enabled");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");

        await GateAsync(bed, "PushReconciler", "Disabled");
        await controller.UntilAsync(() => controller.State.Types.Count == 0, "no type is looked after");
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'9'}}");
        await controller.QuietAsync();
        Assert.Equal("9", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task With_SchedulerPreferences_disabled_no_replica_moves_neither_by_a_sync_nor_by_a_controller()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Workload);
        await bed.Federation.Scheduling.Preferences.SetAsync(
            Web, new() { TargetKind = "FederatedDeployment", TotalReplicas = 9, Clusters = PlanNotation.Preferences("*:w1") }, dryRun: false, Token);
        await GateAsync(bed, "SchedulerPreferences", "Disabled");
        await bed.SyncAsync();
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.Deployments, "web"));
        Assert.Contains(bed.Warnings, warning => warning.Contains("feature gate SchedulerPreferences is Disabled", StringComparison.Ordinal));
        Assert.Null((await bed.Federation.Scheduling.Preferences.GetAsync(Web, Token)).Source.Status);
        var refused = await Assert.ThrowsAsync<FederationException>(() => bed.Federation.Scheduling.ApplyAsync(Web, Token));
        Assert.Equal("SchedulingDisabled", refused.Id);

        await using var controller = await RunningController.StartAsync(bed);
        await controller.QuietAsync();
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.Deployments, "web"));

        await GateAsync(bed, "SchedulerPreferences", "Enabled");
        await controller.UntilAsync(async () => await bed.WhereAsync(KnownResources.Deployments, "web") == "c1,c2,c3", "replicas are scheduled");
    }

    [Theory]
    [InlineData("PushReconciler", "PropagationGateOff", "by syncs or by controllers")]
    [InlineData("SchedulerPreferences", "SchedulingGateOff", "1 ReplicaSchedulingPreferences are not scheduled")]
    public async Task The_doctor_says_what_a_gate_keeps_from_being_done(string gate, string id, string text)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.Federation.Scheduling.Preferences.SetAsync(Web, new() { TargetKind = "FederatedDeployment", TotalReplicas = 9 }, dryRun: false, Token);
        await GateAsync(bed, gate, "Disabled");
        var findings = await bed.Federation.ControlPlane.ExamineAsync(askMembers: false, bed, Token);
        Assert.Contains(text, Assert.Single(findings, finding => finding.Id == id).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_no_effect_is_named_by_the_doctor_and_by_installing_again_where_somebody_chose_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        Assert.DoesNotContain(
            await bed.Federation.ControlPlane.ExamineAsync(askMembers: false, bed, Token), finding => finding.Id == "SettingWithoutEffect");
        await bed.Federation.ControlPlane.EditConfigAsync(
            spec =>
            {
                spec["controllerDuration"]!["availableDelay"] = "1s";
                spec["controllerDuration"]!["unavailableDelay"] = "60s";
                spec["statusController"]!["maxConcurrentReconciles"] = 4;
                spec["syncController"]!["maxConcurrentReconciles"] = 7;
                spec["leaderElect"]!["resourceLock"] = "endpoints";
            },
            dryRun: false,
            Token);
        string[] expected =
        [
            "spec.controllerDuration.availableDelay=1s", "spec.leaderElect.resourceLock=endpoints",
            "spec.statusController.maxConcurrentReconciles=4", "spec.syncController.maxConcurrentReconciles=7",
        ];
        var findings = await bed.Federation.ControlPlane.ExamineAsync(askMembers: false, bed, Token);
        Assert.Equal(expected, findings.Where(finding => finding.Id == "SettingWithoutEffect").Select(finding => finding.Message.Split(' ')[0]).Order());
        bed.Warnings.Clear();
        await bed.Federation.ControlPlane.InstallAsync(new InstallRequest(), bed, Token);
        Assert.Equal(expected, bed.Warnings.Select(warning => warning.Split(' ')[2]).Order());
    }

    [Fact]
    public void What_is_set_is_named_be_it_to_its_default_and_what_works_is_not()
    {
        var spec = ConfigDefaults.Apply([]);
        Assert.Empty(ConfigEffects.Chosen(spec));
        var set = ConfigEffects.Set(spec, ["controllerDuration.availableDelay", "leaderElect.leaseDuration", "PushReconciler", "clusterHealthCheck.period"]);
        Assert.Equal("spec.controllerDuration.availableDelay=20s", $"{Assert.Single(set)}".Split(' ')[0]);
        spec["featureGates"]!.AsArray().Add((JsonNode)new JsonObject { ["name"] = "FederatedIngress", ["configuration"] = "Enabled" });
        spec["syncController"]!["maxConcurrentReconciles"] = 8;
        Assert.Equal(
            "spec.featureGates FederatedIngress=Enabled has no effect: KubeFed removed this gate in 0.7.", $"{Assert.Single(ConfigEffects.Chosen(spec))}");
    }

    [Fact]
    public void The_configured_parallelism_widens_a_sync_that_was_not_told_how_wide_to_be()
    {
        Assert.Equal(32, Throttle(null, 1));
        Assert.Equal(200, Throttle(null, 200));
        Assert.Equal(4, Throttle(4, 200));

        static int Throttle(int? asked, int configured) => new Engine.Propagation.Acting.SyncScope(
            new SyncRequest { ThrottleLimit = asked },
            ControlPlaneConfigReader.Read(KubeObject.Parse($$"""{"spec":{"syncController":{"maxConcurrentReconciles":{{configured}}} } }""")),
            "s",
            self: null).Throttle;
    }

    private static async Task GateAsync(FederationBed bed, string gate, string value) => await bed.Federation.ControlPlane.EditConfigAsync(
        spec => spec["featureGates"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == gate)!["configuration"] = value, dryRun: false, Token);
}
