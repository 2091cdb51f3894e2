using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control;

/// <summary>The scenario matrix again, with nobody who runs a sync: a change is all it takes.</summary>
public class ControllerTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task S_1_P_26_A_new_resource_is_created_for_one_write_each_and_three_on_the_host_and_nothing_is_read()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        await controller.QuietAsync();
        Assert.Equal(
            [
                "c1 PATCH /api/v1/namespaces/ns1/configmaps/web", "c2 PATCH /api/v1/namespaces/ns1/configmaps/web",
                "c3 PATCH /api/v1/namespaces/ns1/configmaps/web",
                "host PATCH /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web",
                "host PATCH /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web/status", "host POST /api/v1/namespaces/ns1/events",
            ],
            bed.Writes);
        Assert.Empty(Reads(bed));
        Assert.Equal(["c1", "c2", "c3"], controller.Outcomes.Where(o => o.Action == PlanAction.Create).Select(o => o.Cluster).Order());
    }

    [Fact]
    public async Task S_22_A_changed_template_is_applied_everywhere()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c3"))!.Json["data"]!["a"]!.GetValue<string>() == "2", "c3 has the new data");
        await controller.QuietAsync();
        Assert.Equal(["c1", "c2", "c3", "host", "host"], bed.Writes.Select(w => w.Split(' ')[0]));

        // A watch may lag behind: what is acted on is read anew, once.
        Assert.Equal(["host GET /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web"], Reads(bed));
    }

    [Fact]
    public async Task S_6_A_smaller_placement_removes_the_copy_that_is_no_longer_wanted()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c1'},{'name':'c3'}]}}}");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c3=Ok");
        Assert.Equal("c1,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_8_E_4_A_label_on_a_cluster_brings_the_copy_there_at_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{'matchLabels':{'foo':'bar'}}}}");
        await using var controller = await RunningController.StartAsync(bed);
        await bed.LabelAsync("c2", ("foo", "bar"));
        await controller.UntilBriefAsync("configmaps", "web", "True c2=Ok");
        await bed.LabelAsync("c2", ("foo", null));
        await controller.UntilAsync(async () => await bed.MapAsync("c2") is null, "the copy is gone again");
    }

    [Fact]
    public async Task S_16_A_label_that_somebody_took_off_is_put_back()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':null}}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel) == "true", "the label is back");
    }

    [Fact]
    public async Task S_17_S_21_What_somebody_changes_or_deletes_in_a_member_is_put_right_there_and_nowhere_else()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'9'}}");
        await controller.UntilAsync(async () => (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>() == "1", "the data is as declared");
        await bed.Admin("c2").DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), DeleteOptions.Default, default);
        await controller.UntilAsync(async () => await bed.MapAsync("c2") is not null, "the copy is there again");
        await controller.QuietAsync();
        Assert.DoesNotContain(bed.Writes, write => write.StartsWith("c3 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S_33_A_deleted_resource_takes_its_copies_with_it_and_goes()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeleteAsync("configmaps", "web");
        await controller.UntilAsync(async () => await bed.FederatedAsync("configmaps", "web") is null, "the resource is gone");
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task S_41_E_105_A_labelled_object_that_nothing_stands_behind_loses_the_label_and_nothing_else()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.PutAsync(
            "c1", KnownResources.ConfigMaps, "stray", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'1'}}", manager: "controller-manager");
        await controller.UntilAsync(async () => (await bed.MapAsync("c1", "stray"))!.Label(KubeFedNames.ManagedLabel) is null, "it is given back");
        await controller.QuietAsync();
        Assert.Equal(["c1 PATCH /api/v1/namespaces/ns1/configmaps/stray"], bed.Writes);
        Assert.Equal(
            [
                "host GET /apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/stray",
                "host GET /api/v1/namespaces/kube-federation-system/configmaps/kubefed-deletions",
            ],
            Reads(bed));
    }

    [Fact]
    public async Task S_4_Without_its_FederatedNamespace_what_lives_in_a_namespace_is_removed()
    {
        await using var bed = await Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeleteAsync("namespaces", "ns1");
        await controller.UntilAsync(async () => await bed.FederatedAsync("namespaces", "ns1") is null, "the FederatedNamespace is gone");
        await controller.UntilBriefAsync("configmaps", "web", "False/NamespaceNotFederated");
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_namespace_and_what_lives_in_it_are_made_true_whichever_is_declared_first()
    {
        await using var bed = await FederationBed.StartAsync();
        await using var controller = await RunningController.StartAsync(bed);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "False/NamespaceNotFederated");
        await bed.FederateNamespaceAsync("ns1");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
    }

    [Fact]
    public async Task S_2_In_steady_state_nothing_is_read_or_written_and_a_restart_writes_nothing_either()
    {
        await using var bed = await Propagated();
        await using (var controller = await RunningController.StartAsync(bed))
        {
            await Task.Delay(600, TestContext.Current.CancellationToken);
            Assert.Empty(bed.Writes);
            Assert.Empty(Reads(bed));
            await controller.StopAsync();
        }

        await using var second = await RunningController.StartAsync(bed);
        await second.StopAsync();
        Assert.Equal(0, second.State.MemberWrites + second.State.HostWrites);
        Assert.False(second.State.IsRunning);
    }

    [Fact]
    public async Task S_31_E_10_What_a_member_refuses_is_tried_again_until_it_is_taken_and_the_others_do_not_wait()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await using var controller = await RunningController.StartAsync(bed);
        bed.Faults("c2").When(r => r.Method == HttpMethod.Patch, TestSupport.Transport.Fault.Refuse(System.Net.HttpStatusCode.Forbidden, "Forbidden", "no"));
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await controller.UntilBriefAsync("configmaps", "web", "False/CheckClusters c1=Ok c2=CreationFailed c3=Ok");
        bed.Faults("c2").Heal();
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok c3=Ok");
        Assert.True(controller.State.Failures > 0);
    }

    /// <summary>What was asked for other than to watch or to probe.</summary>
    internal static IReadOnlyList<string> Reads(FederationBed bed) =>
        [.. bed.Requests.Where(r => r.Method == "GET" && !r.Query.Contains("watch=", StringComparison.Ordinal) && !IsProbe(r.Path)).Select(r => $"{r.Server} {r.Method} {r.Path}")];

    internal static bool IsProbe(string path) => path is "/readyz" or "/livez" or "/healthz" or "/version";

    internal static async Task<FederationBed> Propagated(int members = 3)
    {
        var bed = await FederationBed.WithNamespaceAsync(members);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Clear();
        return bed;
    }
}
