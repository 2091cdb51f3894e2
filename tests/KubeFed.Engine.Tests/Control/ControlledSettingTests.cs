using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control;

/// <summary>Configuration, types and preferences that change while a controller runs, and what can be seen of it.</summary>
public class ControlledSettingTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task C_51_A_type_that_is_enabled_is_looked_after_and_no_other_watch_begins_anew()
    {
        await using var bed = await FederationBed.StartAsync(types: ["namespaces", "configmaps"]);
        await bed.FederateNamespaceAsync("ns1");
        await using var controller = await RunningController.StartAsync(bed);
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "secrets" }, bed, default);
        await bed.DeclareAsync("secrets", "s", "{'template':{'type':'Opaque'},'placement':{'clusterSelector':{}}}");
        await controller.UntilBriefAsync("secrets", "s", "True c1=Ok c2=Ok c3=Ok");
        Assert.Contains("secrets", controller.State.Types.Select(type => type.Name));
        Assert.DoesNotContain(bed.Requests, r => r.Path.EndsWith("/configmaps", StringComparison.Ordinal));
    }

    [Fact]
    public async Task C_52_C_56_A_type_that_is_disabled_is_left_alone_and_its_copies_stay()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps" }, bed, default);
        await controller.UntilAsync(() => !controller.State.Types.Any(type => type.Name == "configmaps"), "the type is not looked after");
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'9'}}");
        await controller.QuietAsync();
        Assert.Equal("9", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, bed, default);
        await controller.UntilAsync(async () => (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>() == "1", "the drift is repaired");
    }

    [Fact]
    public async Task P_106_The_configuration_is_taken_over_while_it_runs_and_what_is_refused_changes_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(adopt: false);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'theirs'}}");
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "False/CheckClusters c1=AlreadyExists c2=Ok c3=Ok");
        var config = new ObjectKey(bed.Federation.SystemNamespace, KubeFedNames.ConfigName);
        await bed.Admin("host").PatchAsync(CoreResources.KubeFedConfigs, config,
            KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json("{'spec':{'clusterHealthCheck':{'failureThreshold':-1}}}")!), WriteOptions.Default, default);
        await controller.UntilAsync(() => bed.Warnings.Any(w => w.Contains("failureThreshold", StringComparison.Ordinal)), "the refusal is told");
        await bed.Admin("host").PatchAsync(CoreResources.KubeFedConfigs, config,
            KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json(
                "{'spec':{'clusterHealthCheck':{'failureThreshold':3},'syncController':{'adoptResources':'Enabled'}}}")!), WriteOptions.Default, default);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
    }

    [Fact]
    public async Task Without_a_control_plane_it_does_not_start()
    {
        await using var bed = await FederationBed.StartAsync();
        await bed.Admin("host").DeleteAsync(
            CoreResources.KubeFedConfigs, new ObjectKey(bed.Federation.SystemNamespace, KubeFedNames.ConfigName), DeleteOptions.Default, default);
        var error = await Assert.ThrowsAsync<FederationException>(() => bed.Federation.Controller().RunAsync(bed, _ => { }, default));
        Assert.Equal("ControlPlaneNotFound", error.Id);
    }

    [Fact]
    public async Task A_controller_runs_once_and_says_what_it_is_doing()
    {
        await using var bed = await ControllerTests.Propagated();
        Assert.Equal(ControllerState.Idle, bed.Federation.Controller().State);
        await using var controller = await RunningController.StartAsync(bed);
        var state = controller.State;
        Assert.True(state is { IsRunning: true, IsSynced: true, OldestDue: null, Started: not null, Unsynced.Count: 0 });
        Assert.Equal(1, state.Types.Single(type => type.Name == "configmaps").Resources);
        Assert.All(state.Clusters, cluster => Assert.Equal((5, true), (cluster.WatchedTypes, cluster.Ready)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => controller.Controller.RunAsync(bed, _ => { }, default));
        await controller.StopAsync();
        Assert.True(controller.State is { IsRunning: false, IsSynced: false, Types.Count: 5 });
    }

    [Fact]
    public async Task C_100_It_measures_what_it_does_under_the_names_KubeFed_gave()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        var seen = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ControllerMetrics.Meter)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        await controller.QuietAsync();
        listener.RecordObservableInstruments();
        Assert.Superset(
            new HashSet<string>
            {
                "dispatch_operation_duration_seconds action=create", "controller_runtime_reconcile_total controller=federatedconfigmap result=success",
                "kubefedcluster_total state=ready cluster=c1", "workqueue_adds_total name=federatedconfigmap", "workqueue_depth name=federatedconfigmap",
                "cluster_health_status_duration_seconds", "reconcile_federated_resources_duration_seconds",
            },
            seen.Keys.ToHashSet());

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen[string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")])] = true;
    }

    [Fact]
    public async Task A_preference_is_made_true_when_it_is_stored_and_again_when_it_changes()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web",
            "{'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
            + "'spec':{'containers':[{'name':'c','image':'nginx'}]}}}},'placement':{'clusterSelector':{}}}");
        await using var controller = await RunningController.StartAsync(bed);
        await PreferAsync(bed, 9);
        await controller.UntilAsync(async () => await ReplicasAsync(bed) == 9, "nine replicas are asked for");
        await PreferAsync(bed, 6);
        await controller.UntilAsync(async () => await ReplicasAsync(bed) == 6, "six replicas are asked for");
        await bed.LabelAsync("c1", ("some", "label"));
        await controller.QuietAsync();
        Assert.Equal(6, await ReplicasAsync(bed));
    }

    private static Task<StoredPreference> PreferAsync(FederationBed bed, long total) => bed.Federation.Scheduling.Preferences.SetAsync(
        new ObjectKey("ns1", "web"), new() { TargetKind = "FederatedDeployment", TotalReplicas = total }, dryRun: false, default);

    private static async Task<long> ReplicasAsync(FederationBed bed)
    {
        var sum = 0L;
        foreach (var cluster in bed.Sandbox.Members)
        {
            sum += (await bed.CopyAsync(cluster.Name, KnownResources.Deployments, "web"))?.Spec!["replicas"]!.GetValue<long>() ?? 0;
        }

        return sum;
    }
}
