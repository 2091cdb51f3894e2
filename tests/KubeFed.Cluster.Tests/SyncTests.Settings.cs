using KubeFed.Engine;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>What an administrator switches off rests, and what servers store under another name or fill in costs no second write.</summary>
public sealed partial class SyncTests
{
    [Fact]
    public async Task P_106_A_feature_gate_that_is_disabled_keeps_members_and_replicas_as_they_are_until_it_is_enabled()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "web", Workload);
        await SyncAsync();
        var replicas = await ReplicasAsync("web");
        try
        {
            await SetGateAsync("SchedulerPreferences", "Disabled");
            var preference = new SchedulingPreference { TargetKind = "FederatedDeployment", TotalReplicas = 2 * (replicas + 3) };
            await _federation.Scheduling.Preferences.SetAsync(Key("web"), preference, dryRun: false, Token);
            Clear();
            await SyncAsync();
            Assert.Empty(Writes("away"));
            Assert.Equal(replicas, await ReplicasAsync("web"));

            await SetGateAsync("PushReconciler", "Disabled");
            await DeclareAsync("configmaps", "rests", "'template':{'data':{'a':'1'}}");
            Clear();
            Assert.Empty(await SyncAsync());
            Assert.Empty(Writes("away"));
            Assert.Null(await _away.FindAsync(KnownResources.ConfigMaps, Key("rests"), Token));
        }
        finally
        {
            await SetGateAsync("SchedulerPreferences", "Enabled");
            await SetGateAsync("PushReconciler", "Enabled");
        }

        await SyncAsync();
        Assert.NotNull(await _away.FindAsync(KnownResources.ConfigMaps, Key("rests"), Token));
        Assert.Equal(replicas + 3, await ReplicasAsync("web"));
    }

    [Theory]
    [InlineData("services", "'template':{'spec':{'clusterIP':'','selector':{'a':'b'},'ports':[{'name':'x','port':80},{'name':'y','port':81}]}}")]
    [InlineData("services", "'template':{'spec':{'clusterIP':'None','selector':{'a':'b'},'ports':[{'port':80}]}}")]
    [InlineData("horizontalpodautoscalers.autoscaling", "'template':{'apiVersion':'autoscaling/v1','metadata':{'annotations':{'a':'b'}},'spec':{'maxReplicas':3,"
        + "'targetCPUUtilizationPercentage':50,'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'web'}}}")]
    [InlineData("deployments.apps", "'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
        + "'spec':{'serviceAccount':'default','containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}}}}")]
    [InlineData("persistentvolumeclaims", "'template':{'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1024Mi'}},"
        + "'dataSource':{'apiGroup':'snapshot.storage.k8s.io','kind':'VolumeSnapshot','name':'s'}}}")]
    public async Task What_a_server_stores_under_another_name_or_fills_in_is_created_and_then_left_alone(string type, string spec)
    {
        await StartAsync();
        if (!Types.Contains(type))
        {
            await _federation.Types.EnableAsync(new EnableRequest { Name = type }, NullSink.Instance, Token);
        }

        await DeclareAsync(type, "kept", spec);
        var actions = new List<string>();
        for (var run = 0; run < 3; run++)
        {
            var outcomes = (await SyncAsync()).Where(outcome => outcome is { Cluster: "away" } && outcome.Resource.Name == "kept").ToList();
            Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.ToString()));
            actions.AddRange(outcomes.Select(outcome => outcome.Action.ToString()));
        }

        Assert.Equal(["Create", "None", "None"], actions);
    }

    private async Task SetGateAsync(string gate, string configuration) => await _federation.ControlPlane.EditConfigAsync(
        spec =>
        {
            var gates = spec["featureGates"]!.AsArray();
            gates.Single(item => item!["name"]!.GetValue<string>() == gate)!["configuration"] = configuration;
        },
        dryRun: false,
        Token);
}
