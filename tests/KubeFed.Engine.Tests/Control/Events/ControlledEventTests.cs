using System.Net;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control.Events;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Control.Events;

/// <summary>Events that a running controller writes on the host.</summary>
public class ControlledEventTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task E_57_E_130_A_new_resource_has_one_Event_for_all_of_its_clusters_and_a_second_look_adds_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        var stored = await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        await bed.LabelAsync("c1", ("some", "label"));
        await controller.QuietAsync();
        var only = Assert.Single(await EventsAsync(bed));
        Assert.Equal("""Normal CreateInCluster x1: Creating ConfigMap "ns1/web" in clusters "c1", "c2", "c3" """.Trim(), Text(only));
        Assert.Equal("federatedconfigmap-controller", (string?)only.Json["source"]!["component"]);
        Assert.Equal(
            ("types.kubefed.io/v1beta1", "FederatedConfigMap", "ns1", "web", stored.Uid),
            (Involved("apiVersion"), Involved("kind"), Involved("namespace"), Involved("name"), Involved("uid")));

        string? Involved(string field) => (string?)only.Json["involvedObject"]![field];
    }

    [Fact]
    public async Task P_52_P_73_What_fails_again_and_again_is_one_Event_whose_count_rises_beside_those_of_the_clusters_that_are_well()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden", "no"));
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilAsync(
            async () => (await EventsAsync(bed)).Any(e => (string?)e.Json["reason"] == "CreateInClusterFailed" && (int)e.Json["count"]! > 2),
            "the failure is counted");
        var texts = (await EventsAsync(bed)).Select(Text).Order().ToList();
        Assert.Equal(2, texts.Count);
        Assert.Equal("""Normal CreateInCluster x1: Creating ConfigMap "ns1/web" in clusters "c1", "c3" """.Trim(), texts[0]);
        Assert.Matches("""^Warning CreateInClusterFailed x\d+: Failed to create ConfigMap "ns1/web" in cluster "c2": .*no""", texts[1]);
    }

    [Fact]
    public async Task E_63_E_95_Changes_and_deletions_are_told_too()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(async () => (await ReasonsAsync(bed)).Contains("UpdateInCluster"), "the update is told");
        await bed.DeleteAsync("configmaps", "web");
        await controller.UntilAsync(async () => (await ReasonsAsync(bed)).Contains("DeleteInCluster"), "the deletion is told");
    }

    [Fact]
    public async Task E_24_S_51_A_FederatedNamespace_by_a_wrong_name_is_told_so()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("namespaces", "other", "{'placement':{'clusterSelector':{}}}");
        await controller.UntilAsync(async () => (await ReasonsAsync(bed)).Contains("InvalidName"), "it is told");
    }

    [Fact]
    public async Task C_35_C_36_A_cluster_that_does_not_answer_is_told_of_the_cluster()
    {
        await using var bed = await ControllerTests.Propagated();
        await bed.Federation.ControlPlane.EditConfigAsync(spec => spec["clusterHealthCheck"]!["period"] = "100ms", dryRun: false, default);
        await using var controller = await RunningController.StartAsync(bed);
        bed.Sandbox["c2"].Offline = true;
        var home = bed.Federation.SystemNamespace;
        await controller.UntilAsync(async () => (await ReasonsAsync(bed, home)).Contains("RetrievingClusterHealthFailed"), "it is told");
        var found = (await EventsAsync(bed, home)).First(e => (string?)e.Json["reason"] == "RetrievingClusterHealthFailed");
        Assert.Equal(("KubeFedCluster", "c2"), ((string?)found.Json["involvedObject"]!["kind"], (string?)found.Json["involvedObject"]!["name"]));
        Assert.Equal("kubefedcluster-controller", (string?)found.Json["source"]!["component"]);
    }

    [Fact]
    public async Task C_32_A_cluster_that_can_t_be_connected_to_as_it_is_registered_is_told_so()
    {
        await using var bed = await ControllerTests.Propagated();
        await bed.Federation.ControlPlane.EditConfigAsync(spec => spec["clusterHealthCheck"]!["period"] = "100ms", dryRun: false, default);
        await using var controller = await RunningController.StartAsync(bed);
        var secret = (await bed.Federation.Clusters.FindAsync("c2", default))!.SecretName;
        await bed.Admin("host").DeleteAsync(KnownResources.Secrets, new ObjectKey(bed.Federation.SystemNamespace, secret), DeleteOptions.Default, default);
        await controller.UntilAsync(async () => (await ReasonsAsync(bed, bed.Federation.SystemNamespace)).Contains("MalformedClusterConfig"), "it is told");
    }

    [Fact]
    public async Task C_50_A_type_that_rests_although_it_is_enabled_is_told_why()
    {
        await using var bed = await FederationBed.StartAsync(types: ["configmaps"]);
        await using var controller = await RunningController.StartAsync(bed);
        var only = Assert.Single(await EventsAsync(bed, bed.Federation.SystemNamespace));
        Assert.Equal(
            "Warning PropagationNotRunning x1: Type configmaps is not propagated: it lives in namespaces, and these are not federated: "
                + "enable the type namespaces",
            Text(only));
    }

    [Fact]
    public async Task Events_that_the_host_refuses_cost_nothing_but_a_warning()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        bed.Faults("host").When(IsEvent, Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden", "events are not for you"));
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.DeclareAsync("configmaps", "api", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        await controller.UntilBriefAsync("configmaps", "api", "True c1=Ok c2=Ok c3=Ok");
        await controller.UntilAsync(() => bed.Faults("host").Injected > 1, "both were tried");
        await controller.QuietAsync();
        Assert.Equal(0, controller.State.Failures);
        Assert.Single(bed.Warnings, warning => warning.StartsWith("Events can't be written in namespace ns1 for now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_hangs_with_an_Event_holds_up_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        var answer = new TaskCompletionSource();
        bed.Faults("host").When(IsEvent, Fault.Until(answer.Task));
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilAsync(() => bed.Faults("host").Injected == 1, "an Event hangs");
        await bed.DeclareAsync("configmaps", "api", Everywhere);
        await controller.UntilBriefAsync("configmaps", "api", "True c1=Ok c2=Ok c3=Ok");
        answer.SetResult();
        await controller.UntilAsync(async () => (await EventsAsync(bed)).Count == 2, "both are told");
    }

    [Fact]
    public async Task What_is_too_much_to_be_written_is_dropped_and_counted()
    {
        await using var bed = await FederationBed.StartAsync(members: 0);
        var fates = new List<EventFate>();
        var recorder = new EventRecorder(bed.Federation.Host, TimeProvider.System, RunningController.Hasty, bed, fates.Add);
        var notices = Enumerable.Range(0, EventRecorder.Room + 5).Select(i => EventLedgerTests.Notice($"web{i}")).ToList();
        notices.ForEach(notice => recorder.Tell(notice, "c1"));
        notices.Take(10).ToList().ForEach(notice => recorder.Tell(notice, "c2"));
        Assert.Equal(Enumerable.Repeat(EventFate.Dropped, 5), fates);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await recorder.RunAsync(stop.Token, default);
        Assert.Equal(EventRecorder.Room, fates.Count(fate => fate == EventFate.Created));
        var messages = (await EventsAsync(bed)).Select(e => e.Json["message"]!.GetValue<string>());
        Assert.Equal(10, messages.Count(message => message.EndsWith("in clusters \"c1\", \"c2\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_only_waits_to_be_counted_is_not_in_the_way_of_what_is_new()
    {
        await using var bed = await FederationBed.StartAsync(members: 0);
        var fates = new List<EventFate>();
        var options = RunningController.Hasty with { EventInterval = TimeSpan.FromHours(1), EventLinger = TimeSpan.Zero };
        var recorder = new EventRecorder(bed.Federation.Host, TimeProvider.System, options, bed, fates.Add);
        var notices = Enumerable.Range(0, EventRecorder.Room).Select(i => EventLedgerTests.Notice($"web{i}")).ToList();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        notices.ForEach(notice => recorder.Tell(notice));
        await recorder.RunAsync(stop.Token, default);
        notices.ForEach(notice => recorder.Tell(notice));
        recorder.Tell(EventLedgerTests.Notice("new"));
        await recorder.RunAsync(stop.Token, default);
        Assert.Equal(Enumerable.Repeat(EventFate.Created, EventRecorder.Room + 1), fates);
    }

    [Fact]
    public async Task An_Event_that_the_server_forgot_is_written_anew()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, Fault.Refuse(HttpStatusCode.Forbidden, "Forbidden", "no"));
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilAsync(async () => (await ReasonsAsync(bed)).Contains("CreateInClusterFailed"), "the failure is told");
        foreach (var old in await EventsAsync(bed))
        {
            await bed.Admin("host").DeleteAsync(KnownResources.Events, old.Key, DeleteOptions.Default, default);
        }

        await controller.UntilAsync(async () => (await EventsAsync(bed)).Any(e => (int)e.Json["count"]! > 1), "the failure is told again, with its count");
    }

    [Fact]
    public async Task A_sync_by_hand_writes_none_and_what_was_told_last_is_written_before_a_controller_ends()
    {
        await using var bed = await ControllerTests.Propagated();
        Assert.Empty(await EventsAsync(bed));
        await using var controller = await RunningController.StartAsync(bed, RunningController.Hasty with { EventLinger = TimeSpan.FromHours(1) });
        await bed.DeclareAsync("configmaps", "new", Everywhere);
        await controller.UntilBriefAsync("configmaps", "new", "True c1=Ok c2=Ok c3=Ok");
        Assert.Empty(await EventsAsync(bed));
        await controller.StopAsync();
        Assert.Equal(["CreateInCluster"], await ReasonsAsync(bed));
    }

    private static bool IsEvent(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.Contains("/events", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<KubeObject>> EventsAsync(FederationBed bed, string @namespace = "ns1") =>
        (await bed.Admin("host").ListAsync(KnownResources.Events, new ListQuery { Namespace = @namespace }, default)).Items;

    private static async Task<IReadOnlyList<string>> ReasonsAsync(FederationBed bed, string @namespace = "ns1") =>
        [.. (await EventsAsync(bed, @namespace)).Select(found => found.Json["reason"]!.GetValue<string>())];

    private static string Text(KubeObject value) => $"{value.Json["type"]} {value.Json["reason"]} x{value.Json["count"]}: {value.Json["message"]}";
}
