using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Flows;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Guide;

/// <summary>
/// KubeFed's user guide (docs/userguide.md of kubernetes-sigs/kubefed), page by page, on real API servers with their controllers: its commands are typed as it
/// shows them, its objects are those of its example/sample1. As there, cluster1 is the host and a member, and cluster2 is the other member.
/// </summary>
[Collection(nameof(RealServers))]
public sealed partial class GuideTests(TwoClusters servers) : IDisposable
{
    private const string Home = "kubefed-guide";
    private const string Everywhere = "'placement':{'clusters':[{'name':'cluster2'},{'name':'cluster1'}]}";

    private const string Deployment =
        "'template':{'metadata':{'labels':{'app':'nginx'}},'spec':{'replicas':3,'selector':{'matchLabels':{'app':'nginx'}},'template':{"
        + "'metadata':{'labels':{'app':'nginx'}},'spec':{'containers':[{'image':'nginx','name':'nginx'}]}}}}";

    private const string Job =
        "'template':{'spec':{'parallelism':1,'selector':{'matchLabels':{'app':'busybox'}},'manualSelector':true,'template':{'metadata':{'labels':{"
        + "'app':'busybox'}},'spec':{'terminationGracePeriodSeconds':0,'restartPolicy':'Never','containers':[{'name':'busybox','image':'busybox'}]}}}}";

    /// <summary>How long Kubernetes' own controllers may take on a machine that does much else.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    private static readonly WriteOptions User = new() { FieldManager = "user" };

    private static readonly string[] Types =
        ["namespaces", "configmaps", "secrets", "deployments.apps", "services", "serviceaccounts", "jobs.batch"];

    private Fleet _fleet = null!;
    private IKubeClient _cluster1 = null!;
    private IKubeClient _cluster2 = null!;
    private string _kubeConfig = string.Empty;
    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Federation Federation => _fleet.Federation;

    private ObjectKey Space => ObjectKey.ClusterScoped(_namespace);

    public void Dispose()
    {
        _cluster2?.Dispose();
        _fleet?.Dispose();
    }

    /// <summary>A control plane with two members, the types of the guide, and a namespace of the test's own that is federated.</summary>
    private async Task StartAsync()
    {
        await ConnectAsync(Home);
        await Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        foreach (var member in _fleet.Clusters)
        {
            await Federation.Clusters.JoinAsync(new JoinRequest { Name = member.Name, Member = member }, NullSink.Instance, Token);
        }

        foreach (var type in Types)
        {
            await Federation.Types.EnableAsync(new EnableRequest { Name = type }, NullSink.Instance, Token);
        }

        await CreateNamespaceAsync();
        await DeclareAsync("namespaces", _namespace, Everywhere);
        await WellAsync();
    }

    private async Task ConnectAsync(string systemNamespace)
    {
        var clusters = await servers.GetAsync(Token);
        Assert.SkipUnless(clusters.HasControllerManager, "these servers have no kube-controller-manager");
        _kubeConfig = clusters.KubeconfigPath;
        _fleet = new Fleet([.. clusters.Clusters.Select(cluster => cluster.ToConnectionSettings())], systemNamespace, []);
        _cluster1 = _fleet.Host;
        _cluster2 = _fleet.Factory.Create(_fleet.Clusters[1]);
    }

    private async Task CreateNamespaceAsync()
    {
        _namespace = $"guide-{Guid.NewGuid():N}"[..18];
        await _cluster1.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, Space), User, Token);
    }

    /// <summary>What <c>kubefedctl</c> is in the guide, with what every command needs here; its output.</summary>
    private async Task<string> KubefedAsync(params string[] words)
    {
        var (code, told) = await RunAsync(words);
        Assert.True(code == ExitCode.Ok, $"kubefed {string.Join(' ', words)} exited with {code}: {told}");
        return told;
    }

    private async Task<(int Code, string Told)> RunAsync(params string[] words)
    {
        using var told = new StringWriter(CultureInfo.InvariantCulture);
        var environment = new HostEnvironment { Out = told, Error = told, In = TextReader.Null };
        string[] rest = ["--kubeconfig", _kubeConfig, "--host-cluster-context", "cluster1", "--kubefed-namespace", Federation.SystemNamespace];
        var code = await KubefedCommandLine.RunAsync([.. words, .. rest], environment, Token);
        return (code, told.ToString());
    }

    private ObjectKey Key(string name) => new(_namespace, name);

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text.Replace('\'', '"'))!;

    private async Task DeclareAsync(string typeName, string name, string spec)
    {
        var type = await Federation.Types.ResolveAsync(typeName, Token);
        var value = KubeObject.Create(type.Federated, Key(name));
        value.Json["spec"] = Json($"{{{spec}}}");
        await _cluster1.CreateAsync(type.Federated, value, User, Token);
    }

    private async Task EditFederatedAsync(string typeName, string name, string patch)
    {
        var type = await Federation.Types.ResolveAsync(typeName, Token);
        await _cluster1.PatchAsync(type.Federated, Key(name), KubePatch.Merge(Json(patch)), User, Token);
    }

    private Task<KubeObject> EditAsync(IKubeClient cluster, ApiResource resource, string name, string patch) =>
        cluster.PatchAsync(resource, Key(name), KubePatch.Merge(Json(patch)), User, Token);

    private async Task DeleteFederatedAsync(string typeName, string name)
    {
        var type = await Federation.Types.ResolveAsync(typeName, Token);
        await _cluster1.DeleteAsync(type.Federated, Key(name), DeleteOptions.Default, Token);
        await SyncUntilAsync($"{type.Federated.Kind} {name} is gone", async () => await _cluster1.FindAsync(type.Federated, Key(name), Token) is null);
    }

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(SyncRequest? request = null)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in Federation.Sync.RunAsync((request ?? new SyncRequest()) with { Namespaces = [_namespace] }, NullSink.Instance, Token))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    /// <summary>A sync in which everything succeeds.</summary>
    private async Task<IReadOnlyList<SyncOutcome>> WellAsync(SyncRequest? request = null)
    {
        var outcomes = await SyncAsync(request);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, $"{outcome.Type.Name} {outcome.Resource} in {outcome.Cluster}: {outcome.Message}"));
        return outcomes;
    }

    private async Task NothingToDoAsync(SyncRequest? request = null)
    {
        _fleet.ClearCounts();
        Assert.All(await WellAsync(request), outcome => Assert.Equal(PlanAction.None, outcome.Action));
        Assert.DoesNotContain(_fleet.Writes, write => !write.Path.EndsWith("/status", StringComparison.Ordinal));
    }

    private Task SyncUntilAsync(string what, Func<Task<bool>> so) => UntilAsync(what, async () =>
    {
        await SyncAsync();
        return await so();
    });

    private static async Task UntilAsync(string what, Func<Task<bool>> so)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await so())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_limit, $"not within {s_limit.TotalSeconds} s: {what}");
            await Task.Delay(200, Token);
        }
    }

    private async Task<string> BriefAsync(string typeName, string name)
    {
        var type = await Federation.Types.ResolveAsync(typeName, Token);
        var status = PropagationStatus.Read(await _cluster1.GetAsync(type.Federated, Key(name), Token));
        var reason = status.Condition!.Reason == AggregateReason.None ? string.Empty : $"/{status.Condition.Reason}";
        return string.Join(' ', status.Clusters.Select(c => $"{c.Name}={c.Reason}").Prepend($"{status.Condition.Propagated}{reason}"));
    }

    /// <summary>The clusters that have it.</summary>
    private async Task<string> WhereAsync(ApiResource resource, ObjectKey key)
    {
        var one = await _cluster1.FindAsync(resource, key, Token) is null ? string.Empty : "cluster1 ";
        return $"{one}{(await _cluster2.FindAsync(resource, key, Token) is null ? string.Empty : "cluster2")}".Trim();
    }

    private async Task<int> ReplicasAsync(IKubeClient cluster, string name) =>
        (await cluster.GetAsync(KnownResources.Deployments, Key(name), Token)).Spec!["replicas"]!.GetValue<int>();
}
