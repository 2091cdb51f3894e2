using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Cluster.Tests.Flows;

/// <content>A federation that a controller keeps true.</content>
public abstract partial class FederationFlows
{
    [Fact]
    public async Task S_1_S_8_S_17_S_21_S_33_A_controller_keeps_a_federation_true_with_least_privilege_and_in_steady_state_writes_nothing()
    {
        const string Shop = "flow-control-shop";
        using var fleet = await InstalledAsync("flow-control");
        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings, LeastPrivilege = true }, NullSink.Instance, None);
        using var member = fleet.Factory.Create(settings);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(None);
        var outcomes = new List<SyncOutcome>();
        var controller = fleet.Federation.Controller(new ControllerOptions { InitialBackoff = TimeSpan.FromSeconds(1) });
        var running = controller.RunAsync(NullSink.Instance, outcomes.Add, stop.Token);
        var maps = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        var web = new ObjectKey(Shop, "web");
        await EnsureNamespaceAsync(fleet.Host, Shop);
        await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "configmaps", Shop, "web", """{"template":{"data":{"a":"1"}},"placement":{"clusterSelector":{"matchLabels":{"open":"yes"}}}}""");
        await UntilAsync(async () => await member.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(Shop), None) is not null, "the namespace is there");
        await fleet.Federation.Clusters.LabelAsync(settings.Name, new Dictionary<string, string?> { ["open"] = "yes" }, None);
        await UntilAsync(async () => await DataAsync() == "1", "the copy is there");
        await UntilAsync(async () => (await RecordAsync())?.Condition?.Propagated == true, "it is on record");

        // What somebody does there is undone, and what is declared is done.
        await member.PatchAsync(KnownResources.ConfigMaps, web, KubePatch.Merge(JsonNode.Parse("""{"data":{"a":"9"}}""")!.AsObject()), WriteOptions.Default, None);
        await UntilAsync(async () => await DataAsync() == "1", "the drift is repaired");
        await member.DeleteAsync(KnownResources.ConfigMaps, web, DeleteOptions.Default, None);
        await UntilAsync(async () => await DataAsync() == "1", "the copy is made again");
        await MergeAsync(fleet, maps.Federated, web, """{"spec":{"template":{"data":{"a":"2"}}}}""");
        await UntilAsync(async () => await DataAsync() == "2", "the change is there");
        await UntilAsync(() => Task.FromResult(controller.State is { OldestDue: null } state && state.Types.All(type => type is { Queued: 0, InWork: 0 })), "it is quiet");

        // It may look again, as after a list that a server made it repeat; that finds nothing to do. Events come a moment after what they tell of, and the health
        // of clusters is another matter.
        List<RecordedRequest> written = [];
        for (var round = 0; round == 0 || (round < 4 && written.Count > 0); round++)
        {
            fleet.ClearCounts();
            await Task.Delay(TimeSpan.FromSeconds(3), None);
            written = [.. fleet.Writes.Where(write => !write.Path.Contains("/kubefedclusters/", StringComparison.Ordinal))];
        }

        Assert.Empty(written);

        await fleet.Host.DeleteAsync(maps.Federated, web, DeleteOptions.Default, None);
        await UntilAsync(async () => await fleet.Host.FindAsync(maps.Federated, web, None) is null, "the resource is gone");
        Assert.Null(await member.FindAsync(KnownResources.ConfigMaps, web, None));
        await stop.CancelAsync();
        await running;
        Assert.False(controller.State.IsRunning);
        Assert.DoesNotContain(outcomes, outcome => outcome is { Succeeded: false, Type.Name: "configmaps", Cluster: not null } && outcome.Resource == web);

        async Task<string?> DataAsync() => (await member.FindAsync(KnownResources.ConfigMaps, web, None))?.Json["data"]?["a"]?.GetValue<string>();

        async Task<PropagationStatus?> RecordAsync() =>
            await fleet.Host.FindAsync(maps.Federated, web, None) is { Status: not null } found ? PropagationStatus.Read(found) : null;

        async Task UntilAsync(Func<Task<bool>> condition, string what)
        {
            for (var i = 0; i < 600; i++)
            {
                if (await condition())
                {
                    return;
                }

                if (running.IsCompleted)
                {
                    await running;
                }

                await Task.Delay(50, None);
            }

            Assert.Fail($"It did not come true that {what}. {controller.State}: {string.Join("; ", outcomes.TakeLast(5))}");
        }
    }
}
