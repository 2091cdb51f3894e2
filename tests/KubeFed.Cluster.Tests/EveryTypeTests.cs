using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// Everything a server can list is enabled, and its own controllers run: what they derive from copies, with the copies' labels, must not be fought over. The
/// first cluster is the host and a member, too.
/// </summary>
[Collection(nameof(RealServers))]
public sealed class EveryTypeTests(EveryTypeTests.Clusters servers) : IClassFixture<EveryTypeTests.Clusters>, IDisposable
{
    private const string Pods = "'template':{'metadata':{'labels':{'app':'web','kubefed.io/managed':'true'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
    private const string Selector = "'selector':{'matchLabels':{'app':'web'}}";

    private static readonly WriteOptions User = new() { FieldManager = "user" };
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    private static readonly (string Type, string Name, string Template)[] Declared =
    [
        ("services", "web", "'spec':{'selector':{'app':'web'},'ports':[{'port':80}]}"),
        ("services", "manual", "'spec':{'ports':[{'port':80}]}"),
        ("endpoints", "manual", "'subsets':[{'addresses':[{'ip':'10.1.2.3'}],'ports':[{'port':80,'protocol':'TCP'}]}]"),
        ("configmaps", "settings", "'data':{'a':'1'}"),
        ("secrets", "plain", "'type':'Opaque','data':{'a':'MQ=='}"),
        ("secrets", "token", "'type':'kubernetes.io/service-account-token','metadata':{'annotations':{'kubernetes.io/service-account.name':'robot'}},"
            + "'data':{'ca.crt':'eA==','namespace':'eA=='}"),
        ("serviceaccounts", "robot", ""),
        ("deployments.apps", "web", $"'spec':{{'replicas':2,{Selector},{Pods}}}"),
        ("statefulsets.apps", "web", $"'spec':{{'replicas':1,'serviceName':'web',{Selector},{Pods}}}"),
        ("daemonsets.apps", "web", $"'spec':{{{Selector},{Pods}}}"),
        ("jobs.batch", "once", "'spec':{" + Pods.Replace("'containers'", "'restartPolicy':'Never','containers'", StringComparison.Ordinal) + "}"),
        ("resourcequotas", "quota", "'spec':{'hard':{'pods':'50'}}"),
        ("roles.rbac.authorization.k8s.io", "reader", "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]"),
        ("clusterroles.rbac.authorization.k8s.io", "every-type-part", "'metadata':{'labels':{'part':'every-type'}},"
            + "'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]"),
        ("clusterroles.rbac.authorization.k8s.io", "every-type-whole",
            "'aggregationRule':{'clusterRoleSelectors':[{'matchLabels':{'part':'every-type'}}]},'rules':[]"),
    ];

    private readonly ConcurrentBag<CountingHandler> _wires = [];
    private readonly List<IDisposable> _open = [];
    private IKubeClient _host = null!;
    private IKubeClient _away = null!;
    private Federation _federation = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private List<string> Writes => [.. _wires.SelectMany(wire => wire.Writes).Select(write => $"{write.Method} {write.Path}")];

    [Fact(Timeout = 900_000)]
    public async Task With_every_type_enabled_the_third_sync_writes_nothing_and_neither_does_a_controller_that_is_left_alone()
    {
        await StartAsync();
        await SyncAsync();
        await DerivedAsync();
        await SyncAsync();
        Clear();
        var third = await SyncAsync();
        Assert.All(third, outcome => Assert.True(outcome.Succeeded, $"{outcome.Type.Name} {outcome.Resource} in {outcome.Cluster}: {outcome.Message}"));
        Assert.Equal(2 * (Declared.Length + 1), third.Count(outcome => outcome.Cluster is not null));
        Assert.Empty(Writes);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var controller = _federation.Controller();
        var run = controller.RunAsync(NullSink.Instance, _ => { }, stop.Token);
        await UntilQuietAsync(() => controller.State.IsSynced);
        Clear();
        await Task.Delay(Quiet, Token);
        Assert.Empty(Writes);
        await stop.CancelAsync();
        await run;
    }

    public void Dispose() => _open.ForEach(item => item.Dispose());

    private async Task StartAsync()
    {
        var clusters = await servers.GetAsync(Token);
        Assert.SkipUnless(clusters.HasControllerManager, "these servers have no kube-controller-manager");
        var counted = new KubeClientFactory(wrap: (inner, _) =>
        {
            var wire = new CountingHandler(inner);
            _wires.Add(wire);
            return wire;
        });
        _host = Keep(new KubeClientFactory().Create(clusters[0].ToConnectionSettings()));
        _away = Keep(new KubeClientFactory().Create(clusters[1].ToConnectionSettings()));
        _federation = Keep(new Federation(new FederationOptions
        {
            Host = Keep(counted.Create(clusters[0].ToConnectionSettings())), HostName = "home", Clients = counted, Loggers = NullLoggerFactory.Instance,
        }));
        await _federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        await _federation.Clusters.JoinAsync(new JoinRequest { Name = "home", Member = clusters[0].ToConnectionSettings() }, NullSink.Instance, Token);
        await _federation.Clusters.JoinAsync(new JoinRequest { Name = "away", Member = clusters[1].ToConnectionSettings() }, NullSink.Instance, Token);
        var served = await _away.Discovery.GetPreferredAsync(Token);
        foreach (var resource in served.Resources.Where(resource =>
            new[] { "list", "create", "delete" }.All(verb => resource.Verbs.Contains(verb))))
        {
            await EnableAsync(resource);
        }

        await _host.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("every")), User, Token);
        await DeclareAsync("namespaces", "every", string.Empty);
        foreach (var (type, name, template) in Declared)
        {
            await DeclareAsync(type, name, template);
        }
    }

    private async Task EnableAsync(ApiResource resource)
    {
        try
        {
            await _federation.Types.EnableAsync(new EnableRequest { Name = resource.QualifiedName }, NullSink.Instance, Token);
        }
        catch (FederationException error) when (error.Id == "EquivalentTypeEnabled")
        {
            // The same objects, served by two groups.
        }
    }

    private async Task DeclareAsync(string typeName, string name, string template)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        var value = KubeObject.Create(type.Federated, new ObjectKey(type.Federated.Namespaced ? "every" : null, name));
        value.Json["spec"] = JsonNode.Parse($"{{'template':{{{template}}},'placement':{{'clusterSelector':{{}}}}}}".Replace('\'', '"'));
        await _host.CreateAsync(type.Federated, value, User, Token);
    }

    /// <summary>Waits until Kubernetes has made of the copies what it makes of them, labels included, so that the syncs that follow see it.</summary>
    private async Task DerivedAsync()
    {
        var slices = (await _away.Discovery.GetPreferredAsync(Token)).Resources.Single(resource => resource.Plural == "endpointslices");
        foreach (var cluster in (IKubeClient[])[_host, _away])
        {
            foreach (var (resource, name) in new[]
            {
                (KnownResources.Pods, "web"), (new ApiResource(string.Empty, "v1", "Endpoints", "endpoints", Namespaced: true), "web"), (slices, "web"),
            })
            {
                await UntilAsync(async () => (await cluster.ListAsync(
                    resource, new ListQuery { Namespace = "every", LabelSelector = KubeFedNames.ManagedLabel }, Token)).Items.Any(item =>
                    item.Name.StartsWith(name, StringComparison.Ordinal)));
            }
        }
    }

    private async Task UntilQuietAsync(Func<bool> ready)
    {
        await UntilAsync(() => Task.FromResult(ready()));
        for (var before = -1; before != Writes.Count;)
        {
            before = Writes.Count;
            await Task.Delay(TimeSpan.FromSeconds(8), Token);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> so)
    {
        while (!await so())
        {
            await Task.Delay(100, Token);
        }
    }

    private async Task<List<SyncOutcome>> SyncAsync()
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in _federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, Token))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private void Clear()
    {
        foreach (var wire in _wires)
        {
            wire.Clear();
        }
    }

    private T Keep<T>(T item)
        where T : IDisposable
    {
        _open.Insert(0, item);
        return item;
    }

    /// <summary>Clusters of these tests alone.</summary>
    public sealed class Clusters : RealClustersFixture
    {
        protected override int Count => 2;
    }
}
