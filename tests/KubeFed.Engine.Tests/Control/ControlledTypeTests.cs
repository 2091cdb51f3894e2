using KubeFed.Engine.Api;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Control;

/// <summary>What a controller records of the types it looks after: section 5 of KubeFed's controllers, C-50 to C-55.</summary>
public class ControlledTypeTests
{
    private const string StatusPath = "host PATCH /apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/federatedtypeconfigs/";

    [Fact]
    public async Task A_type_that_is_looked_after_is_running_as_of_its_generation_and_saying_so_is_not_repeated()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        Assert.Equal("1 Running/NotRunning", await StatusAsync(bed, "configmaps"));
        Assert.Equal("1 Running/NotRunning", await StatusAsync(bed, "namespaces"));
        await bed.LabelAsync("c1", ("some", "label"));
        await controller.QuietAsync();
        Assert.DoesNotContain(bed.Writes, write => write.StartsWith(StatusPath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task C_51_An_edit_of_a_type_is_observed_with_one_write()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await EditAsync(bed, "configmaps", "{'spec':{'statusCollection':'Enabled'}}");
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "2 Running/NotRunning", "the edit is observed");
        await controller.QuietAsync();
        Assert.Equal([$"{StatusPath}configmaps/status"], bed.Writes.Where(write => write.StartsWith(StatusPath, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task C_52_P_51_A_type_that_is_edited_while_it_is_disabled_is_never_running()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        await EditAsync(bed, "configmaps", "{'spec':{'propagation':'Disabled'}}");
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "2 NotRunning/NotRunning", "it rests");
        bed.Clear();
        await EditAsync(bed, "configmaps", "{'spec':{'statusCollection':'Enabled'}}");
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "3 NotRunning/NotRunning", "the edit is observed");
        await controller.QuietAsync();
        Assert.Equal([$"{StatusPath}configmaps/status"], bed.Writes);
    }

    [Fact]
    public async Task C_50_Without_the_namespaces_type_what_lives_in_namespaces_is_not_running_until_it_is_there()
    {
        await using var bed = await FederationBed.StartAsync(types: ["configmaps"]);
        await using var controller = await RunningController.StartAsync(bed);
        Assert.Equal("1 NotRunning/NotRunning", await StatusAsync(bed, "configmaps"));
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "namespaces" }, bed, default);
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "1 Running/NotRunning", "it runs");
        await bed.Federation.Types.DisableAsync(new DisableRequest { Name = "namespaces" }, bed, default);
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "1 NotRunning/NotRunning", "it rests again");
    }

    [Fact]
    public async Task In_a_control_plane_of_one_namespace_a_type_that_lives_in_none_is_not_running()
    {
        await using var bed = await FederationBed.StartAsync(scope: ControlPlaneScope.Namespaced, types: ["configmaps"]);
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "clusterroles.rbac.authorization.k8s.io" }, bed, default);
        await using var controller = await RunningController.StartAsync(bed);
        Assert.Equal("1 Running/NotRunning", await StatusAsync(bed, "configmaps"));
        Assert.Equal("1 NotRunning/NotRunning", await StatusAsync(bed, "clusterroles.rbac.authorization.k8s.io"));
    }

    [Fact]
    public async Task P_128_A_controller_that_ends_says_so_and_a_type_is_then_disabled_without_waiting_for_it()
    {
        await using var bed = await ControllerTests.Propagated();
        await using (var controller = await RunningController.StartAsync(bed))
        {
            await controller.StopAsync();
        }

        Assert.Equal("1 NotRunning/NotRunning", await StatusAsync(bed, "configmaps"));
        await bed.Federation.Types.DisableAsync(new DisableRequest { Name = "configmaps" }, bed, default);
        Assert.Null(await FindAsync(bed, "configmaps"));
    }

    [Fact]
    public async Task K_41_A_disabled_type_is_not_running_only_when_nothing_of_it_is_in_work_any_more()
    {
        await using var bed = await ControllerTests.Propagated();
        await using var controller = await RunningController.StartAsync(bed);
        var answer = new TaskCompletionSource();
        bed.Faults("c1").When(r => r.Method == HttpMethod.Patch, Fault.Until(answer.Task));
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.UntilAsync(() => bed.Faults("c1").Injected > 0, "a write is under way");
        await EditAsync(bed, "configmaps", "{'spec':{'propagation':'Disabled'}}");
        await controller.UntilAsync(() => controller.State.Types.All(type => type.Name != "configmaps"), "the type is left");
        Assert.Equal("1 Running/NotRunning", await StatusAsync(bed, "configmaps"));
        answer.SetResult();
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "2 NotRunning/NotRunning", "it rests");
    }

    [Fact]
    public async Task C_55_A_type_that_a_KubeFed_controller_held_is_let_go_and_no_type_is_ever_held_by_us()
    {
        await using var bed = await ControllerTests.Propagated();
        await EditAsync(bed, "configmaps", "{'metadata':{'finalizers':['core.kubefed.io/federated-type-config']}}");
        await using var controller = await RunningController.StartAsync(bed);
        Assert.Empty((await FindAsync(bed, "namespaces"))!.Finalizers);
        await bed.Admin("host").DeleteAsync(CoreResources.FederatedTypeConfigs, KeyOf(bed, "configmaps"), DeleteOptions.Default, default);
        await controller.UntilAsync(async () => await FindAsync(bed, "configmaps") is null, "it is gone");
        Assert.Equal("c1,c2,c3", await bed.WhereAsync(KnownResources.ConfigMaps, "web")); // C-56
    }

    [Fact]
    public async Task C_53_A_status_the_host_does_not_take_is_told_once_and_tried_again()
    {
        await using var bed = await ControllerTests.Propagated();
        bed.Faults("host").When(
            r => r.Method == HttpMethod.Patch && r.RequestUri!.AbsolutePath.EndsWith("/federatedtypeconfigs/configmaps/status", StringComparison.Ordinal),
            Fault.Refuse(System.Net.HttpStatusCode.Forbidden, "Forbidden", "not you"),
            times: 2);
        await using var controller = await RunningController.StartAsync(bed);
        await controller.UntilAsync(async () => await StatusAsync(bed, "configmaps") == "1 Running/NotRunning", "it is recorded after all");
        Assert.Single(bed.Warnings, warning => warning.Contains("FederatedTypeConfig configmaps could not be told", StringComparison.Ordinal));
    }

    private static ObjectKey KeyOf(FederationBed bed, string type) => new(bed.Federation.SystemNamespace, type);

    private static Task<KubeObject?> FindAsync(FederationBed bed, string type) =>
        bed.Admin("host").FindAsync(CoreResources.FederatedTypeConfigs, KeyOf(bed, type), default);

    private static async Task<string> StatusAsync(FederationBed bed, string type) =>
        (await FindAsync(bed, type))?.Status is { } status
            ? $"{status["observedGeneration"]} {status["propagationController"]}/{status["statusController"]}"
            : "none";

    private static Task<KubeObject> EditAsync(FederationBed bed, string type, string mergePatch) => bed.Admin("host").PatchAsync(
        CoreResources.FederatedTypeConfigs,
        KeyOf(bed, type),
        KubePatch.Merge((System.Text.Json.Nodes.JsonObject)Make.Json(mergePatch)!),
        WriteOptions.Default,
        default);
}
