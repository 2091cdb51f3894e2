using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Flows;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.TakeOver;

/// <summary>
/// A host that a KubeFed v0.10 controller managed is taken over in place: nothing is sent again, ownership moves with the first change, and what KubeFed
/// kept beside can go.
/// </summary>
public abstract class TakeOverTests : IEngineSink
{
    private readonly List<string> _warnings = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<Fleet> StartAsync();

    [Fact]
    public async Task S_58_P_46_A_host_of_KubeFed_is_taken_over_without_sending_a_copy_again()
    {
        using var fleet = await StartAsync();
        await new LegacyHost(fleet, Token).BuildAsync();
        using var member = fleet.Factory.Create(fleet.Clusters[^1]);
        var settings = new ObjectKey(LegacyHost.Namespace, "settings");

        await TheDoctorNamesWhatIsOldAsync(fleet);
        await OldDefinitionsAreWarnedOfOnceAsync(fleet);
        await InstallAndEnableAgainAsync(fleet);

        Assert.All(await SyncAsync(fleet, dryRun: true), outcome => Assert.Equal(PlanAction.None, outcome.Action));
        Assert.Empty(fleet.Writes);
        Assert.All(await SyncAsync(fleet), outcome => Assert.Equal((PlanAction.None, false), (outcome.Action, outcome.Written)));
        Assert.All(fleet.Writes, write => Assert.EndsWith("/status", write.Path, StringComparison.Ordinal));
        Assert.Equal(3, fleet.Writes.Count);
        Assert.Empty(_warnings);
        Assert.Equal([LegacyHost.Controller], Managers(await member.GetAsync(KnownResources.ConfigMaps, settings, Token)));
        await NothingToDoAsync(fleet);

        // A field is no longer declared, another is new; a third is the member's own.
        await PatchAsync(member, KnownResources.ConfigMaps, settings, """{"data":{"local":"mine"}}""");
        await PatchAsync(fleet.Host, LegacyHost.Federated("ConfigMap"), settings, """{"spec":{"template":{"data":{"colour":"red","size":null}}}}""");
        await SyncAsync(fleet);
        var copy = await member.GetAsync(KnownResources.ConfigMaps, settings, Token);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"colour":"red","local":"mine"}"""), copy.Json["data"]), copy.Json["data"]!.ToJsonString());
        Assert.Equal(["kubefed", "user"], Managers(copy));

        // A Deployment keeps its override, and what the member's own controllers wrote.
        var web = new ObjectKey(LegacyHost.Namespace, "web");
        await PatchAsync(fleet.Host, LegacyHost.Federated("Deployment"), web, """{"spec":{"template":{"spec":{"revisionHistoryLimit":3}}}}""");
        await SyncAsync(fleet);
        var deployment = await member.GetAsync(KnownResources.Deployments, web, Token);
        Assert.Equal((5, 3), (deployment.Spec!["replicas"]!.GetValue<int>(), deployment.Spec["revisionHistoryLimit"]!.GetValue<int>()));

        foreach (var version in (await fleet.Host.ListAsync(CoreResources.PropagatedVersions, new ListQuery(), Token)).Items)
        {
            await fleet.Host.DeleteAsync(CoreResources.PropagatedVersions, version.Key, DeleteOptions.Default, Token);
        }

        await NothingToDoAsync(fleet);
        await EverythingGoesAsync(fleet, member);
    }

    void IEngineSink.Verbose(string message)
    {
    }

    void IEngineSink.Warning(string message)
    {
        lock (_warnings)
        {
            _warnings.Add(message);
        }
    }

    void IEngineSink.Progress(EngineProgress progress)
    {
    }

    void IEngineSink.Error(FederationException error) => throw error;

    private static async Task TheDoctorNamesWhatIsOldAsync(Fleet fleet)
    {
        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: true, NullSink.Instance, Token);
        Assert.DoesNotContain(findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.Single(findings, finding => finding.Id == "ControllerRunning");
        Assert.Equal(3, findings.Count(finding => finding is { Id: "StatusWithoutMessages", Severity: FindingSeverity.Warning }));
        var stopped = KubePatch.Merge(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 0 } });
        await fleet.Host.PatchAsync(
            KnownResources.Deployments, new ObjectKey(KubeFedNames.DefaultSystemNamespace, "kubefed-controller-manager"), stopped, WriteOptions.Default, Token);
    }

    /// <summary>Decision 0003: KubeFed's definitions prune the record. Its PropagatedVersions still vouch for the copies, so even then none is sent.</summary>
    private async Task OldDefinitionsAreWarnedOfOnceAsync(Fleet fleet)
    {
        Assert.All(await SyncAsync(fleet), outcome => Assert.False(outcome.Written));
        Assert.Equal(3, _warnings.Count);
        foreach (var type in new[] { "namespaces", "configmaps", "deployments.apps" })
        {
            Assert.Single(_warnings, warning => warning.Contains($"Run Enable-KubeFedType {type} ", StringComparison.Ordinal));
        }

        _warnings.Clear();
    }

    private async Task InstallAndEnableAgainAsync(Fleet fleet)
    {
        var config = await fleet.Federation.ControlPlane.ReadConfigAsync(Token);
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), this, Token);
        Assert.True(JsonNode.DeepEquals(config.Source.Spec, (await fleet.Federation.ControlPlane.ReadConfigAsync(Token)).Source.Spec));
        foreach (var type in await fleet.Federation.Types.ListAsync(Token))
        {
            var enabled = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = type.Name }, this, Token);
            Assert.Equal(
                [ChangeKind.Update, ChangeKind.Unchanged],
                enabled.Changes.Where(change => change.ObjectKind is "CustomResourceDefinition" or "FederatedTypeConfig").Select(change => change.Kind));
        }

        Assert.Empty(_warnings);
        fleet.ClearCounts();
        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: true, NullSink.Instance, Token);
        Assert.All(
            findings.Where(finding => finding.Severity != FindingSeverity.Information),
            finding => Assert.Contains(finding.Id, (string[])["PlainHttp", "LoopbackEndpoint"]));
    }

    private async Task NothingToDoAsync(Fleet fleet)
    {
        fleet.ClearCounts();
        Assert.All(await SyncAsync(fleet), outcome => Assert.Equal(PlanAction.None, outcome.Action));
        Assert.Empty(fleet.Writes);
    }

    /// <summary>KubeFed's finalizers are on everything, and its controller is gone: nothing may hang on it.</summary>
    private static async Task EverythingGoesAsync(Fleet fleet, IKubeClient member)
    {
        foreach (var type in new[] { "deployments.apps", "configmaps", "namespaces" })
        {
            var request = new DisableRequest { Name = type, Resources = ResourcePolicy.Delete, DeleteCrd = true, Force = true };
            await fleet.Federation.Types.DisableAsync(request, NullSink.Instance, Token);
        }

        Assert.Empty(await fleet.Federation.Types.ListAsync(Token));
        Assert.Null(await member.FindAsync(KnownResources.ConfigMaps, new ObjectKey(LegacyHost.Namespace, "settings"), Token));
    }

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(Fleet fleet, bool dryRun = false)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in fleet.Federation.Sync.RunAsync(new SyncRequest { DryRun = dryRun }, this, Token))
        {
            Assert.True(outcome.Succeeded, $"{outcome.Resource} in {outcome.Cluster}: {outcome.Reason} {outcome.Message}");
            outcomes.Add(outcome);
        }

        Assert.Equal(3 * (fleet.Clusters.Count - 1), outcomes.Count);
        return outcomes;
    }

    private static Task<KubeObject> PatchAsync(IKubeClient client, ApiResource resource, ObjectKey key, string patch) =>
        client.PatchAsync(resource, key, KubePatch.Merge(JsonNode.Parse(patch)!.AsObject()), new WriteOptions { FieldManager = "user" }, Token);

    private static IEnumerable<string> Managers(KubeObject value) =>
        value.Metadata["managedFields"]!.AsArray().Select(entry => entry!["manager"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal);
}

/// <summary>On clusters in memory.</summary>
public sealed class SandboxTakeOverTests : TakeOverTests, IAsyncDisposable
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(new Sandbox.SandboxOptions { Clusters = ["host", "one", "two"] });

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    protected override Task<Fleet> StartAsync() => Task.FromResult(
        new Fleet([.. _sandbox.Clusters.Select(cluster => cluster.Settings)], KubeFedNames.DefaultSystemNamespace, [_sandbox.Transport]));
}

/// <summary>A host and a member.</summary>
public sealed class TakeOverClusters : RealClustersFixture
{
    protected override int Count => 2;
}

/// <summary>On real API servers of their own: the definitions of KubeFed are the host's, not those of a control plane that other tests installed.</summary>
public sealed class RealTakeOverTests(TakeOverClusters servers) : TakeOverTests, IClassFixture<TakeOverClusters>
{
    protected override async Task<Fleet> StartAsync()
    {
        var clusters = await servers.GetAsync(TestContext.Current.CancellationToken);
        return new Fleet([.. clusters.Clusters.Select(cluster => cluster.ToConnectionSettings())], KubeFedNames.DefaultSystemNamespace, []);
    }
}
