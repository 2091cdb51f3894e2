using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Control;

/// <summary>A host whose watches lag behind what is stored there: what is not known yet is never decided on as if it were not so.</summary>
public class LaggingWatchTests
{
    private const string Path = "/apis/types.kubefed.io/v1beta1/namespaces/ns1/federatedconfigmaps/web";
    private const string Status = $"host PATCH {Path}/status";

    [Fact]
    public async Task What_was_declared_meanwhile_is_what_a_copy_is_made_again_from()
    {
        await using var bed = await ControllerTests.Propagated();
        var lag = LagOf(bed);
        await using var controller = await RunningController.StartAsync(bed);
        lag.Begin();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await controller.QuietAsync();
        Assert.Empty(bed.Writes); // It does not know yet.
        await LoseAsync(bed, "c1");
        await controller.UntilAsync(async () => await bed.MapAsync("c1") is not null, "the copy is there again");
        Assert.Equal("2", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        lag.End();
        await controller.UntilAsync(async () => (await bed.MapAsync("c3"))!.Json["data"]!["a"]!.GetValue<string>() == "2", "all are as declared");
    }

    [Fact]
    public async Task A_copy_that_is_not_wanted_any_more_is_not_made_again()
    {
        await using var bed = await ControllerTests.Propagated();
        var lag = LagOf(bed);
        await using var controller = await RunningController.StartAsync(bed);
        lag.Begin();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c2'},{'name':'c3'}]}}}");
        await LoseAsync(bed, "c1");
        await controller.UntilBriefAsync("configmaps", "web", "True c2=Ok c3=Ok");
        lag.End();
        await controller.QuietAsync();
        Assert.DoesNotContain(bed.Writes, write => write.StartsWith("c1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_resource_that_is_gone_is_not_propagated_once_more()
    {
        await using var bed = await ControllerTests.Propagated();
        var lag = LagOf(bed);
        await using var controller = await RunningController.StartAsync(bed);
        lag.Begin();
        await bed.DeleteAsync("configmaps", "web");
        await LoseAsync(bed, "c1");
        await controller.UntilAsync(async () => await bed.FederatedAsync("configmaps", "web") is null, "it has gone with its copies");
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        lag.End();
        await controller.QuietAsync();
        Assert.DoesNotContain(controller.Outcomes, outcome => outcome.Action is PlanAction.Create or PlanAction.Update);
    }

    [Fact]
    public async Task Our_own_status_that_the_watch_has_not_told_is_not_written_again_even_when_the_watch_is_believed_once_more()
    {
        await using var bed = await ControllerTests.Propagated();
        var lag = LagOf(bed);
        await using var controller = await RunningController.StartAsync(bed);
        lag.Begin();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await LoseAsync(bed, "c1");
        await controller.UntilAsync(() => bed.Writes.Contains(Status), "all copies are on record");
        await controller.QuietAsync();
        bed.Clear();
        await bed.LabelAsync("c3", ("some", "label"));
        await controller.UntilAsync(() => Details(bed).Any(text => text.Contains("configmaps ns1/web", StringComparison.Ordinal)), "the watch is believed");
        await controller.QuietAsync();
        Assert.DoesNotContain(bed.Writes, write => write == Status || write.StartsWith('c'));
        await LoseAsync(bed, "c2");
        await controller.UntilAsync(async () => await bed.MapAsync("c2") is not null, "the copy is there again");
        Assert.Equal("2", (await bed.MapAsync("c2"))!.Json["data"]!["a"]!.GetValue<string>());
        lag.End();
        await controller.QuietAsync();
        Assert.DoesNotContain(Status, bed.Writes);
        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal(0, controller.State.Failures);
    }

    private static Lag LagOf(FederationBed bed)
    {
        var lag = new Lag();
        bed.Faults("host").When(IsWatch, Fault.Lagging(lag));
        return lag;

        static bool IsWatch(HttpRequestMessage request) =>
            request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal)
            && request.RequestUri.AbsolutePath.EndsWith("/federatedconfigmaps", StringComparison.Ordinal);
    }

    private static Task<KubeObject?> LoseAsync(FederationBed bed, string cluster) =>
        bed.Admin(cluster).DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), DeleteOptions.Default, default);

    private static IReadOnlyList<string> Details(FederationBed bed)
    {
        lock (bed.Details)
        {
            return [.. bed.Details.Where(text => text.StartsWith("No watch has told", StringComparison.Ordinal))];
        }
    }
}
