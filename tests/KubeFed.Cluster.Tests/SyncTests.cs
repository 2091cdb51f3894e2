using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// Propagation on real API servers: what depends on how a server owns fields, allocates, defaults and refuses. The first cluster is the host and, as "home",
/// a member too; "away" is the second.
/// </summary>
[Collection(nameof(RealServers))]
public sealed partial class SyncTests(TwoClusters servers) : IDisposable
{
    private const string Everywhere = "'placement':{'clusterSelector':{}}";

    private static readonly WriteOptions User = new() { FieldManager = "user" };
    private static readonly ApiResource Jobs = KnownResources.Jobs;

    private readonly ConcurrentBag<(int Port, CountingHandler Counter)> _wires = [];
    private readonly List<IDisposable> _open = [];
    private IKubeClient _host = null!;
    private IKubeClient _away = null!;
    private Federation _federation = null!;
    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S_1_S_2_A_resource_costs_one_write_per_cluster_and_two_on_the_host_and_then_none()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        Clear();
        await SyncAsync();
        Assert.Equal("True away=Ok home=Ok", await BriefAsync("configmaps", "web"));
        Assert.Equal((3, 1), (Writes("home").Count, Writes("away").Count));
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));
    }

    [Fact]
    public async Task From_the_cache_a_sync_finds_the_same_and_repairs_to_what_is_declared_now()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        Clear();

        await SyncAsync(new SyncRequest { FromCache = true });
        Assert.Empty(Writes("home").Concat(Writes("away")));

        // However far the cache lags behind, what is written is what is declared.
        await EditFederatedAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await EditAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'a':'drift'}}");
        await SyncAsync(new SyncRequest { FromCache = true });
        Assert.Equal("""{"a":"2"}""", await DataAsync(_away, "web"));
    }

    [Fact]
    public async Task S_12_S_17_S_20_S_22_Objects_are_adopted_repaired_and_shared_by_field()
    {
        await StartAsync();
        await PutAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'a':'old','mine':'x'}}");
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1','b':'2'}}");
        var outcomes = await SyncAsync();
        Assert.Contains(outcomes, o => o is { Cluster: "away", Action: PlanAction.Adopt, Written: true });
        Assert.Equal("""{"a":"1","b":"2","mine":"x"}""", await DataAsync(_away, "web"));

        await EditAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'a':'drift'},'metadata':{'annotations':{'theirs':'1'}}}");
        await SyncAsync();
        Assert.Equal("""{"a":"1","b":"2","mine":"x"}""", await DataAsync(_away, "web"));

        await EditFederatedAsync("configmaps", "web", "{'spec':{'template':{'data':{'b':null}}}}");
        await SyncAsync();
        Assert.Equal("""{"a":"1","mine":"x"}""", await DataAsync(_away, "web"));
        Clear();
        await EditAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'more':'y'}}");
        await SyncAsync();
        Assert.Empty(Writes("away"));
    }

    [Fact]
    public async Task S_13_An_object_of_others_is_met_without_being_touched_where_adoption_is_disabled()
    {
        await StartAsync();
        await SetAdoptionAsync("Disabled");
        try
        {
            await PutAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
            await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
            await SyncAsync();
            Assert.Equal("False/CheckClusters away=AlreadyExists home=Ok", await BriefAsync("configmaps", "web"));
            Assert.Equal("""{"a":"old"}""", await DataAsync(_away, "web"));
        }
        finally
        {
            await SetAdoptionAsync("Enabled");
        }
    }

    [Fact]
    public async Task T_241_P_80_A_scheduling_preference_is_made_true_recorded_and_then_costs_nothing()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "web", Workload);
        var preference = new SchedulingPreference
        {
            TargetKind = "FederatedDeployment",
            TotalReplicas = 6,
            Clusters = new Dictionary<string, ClusterPreference> { ["away"] = new() { Weight = 2 }, ["home"] = new() { Weight = 1 } },
        };
        await _federation.Scheduling.Preferences.SetAsync(Key("web"), preference, dryRun: false, Token);
        await SyncAsync();
        Assert.Equal(4, await ReplicasAsync("web"));

        await SyncAsync();
        var status = (await _federation.Scheduling.Preferences.GetAsync(Key("web"), Token)).Source.Status!;
        Assert.Equal("Scheduled", status["conditions"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal([4, 2], status["clusters"]!.AsArray().Select(cluster => cluster!["replicas"]!.GetValue<int>()));
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));
    }

    [Fact]
    public async Task S_18_S_30_Scaling_by_others_is_repaired_or_retained_and_immutable_fields_are_named()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "fixed", Workload);
        await DeclareAsync("deployments.apps", "free", "'retainReplicas':true," + Workload);
        await SyncAsync();
        foreach (var name in (string[])["fixed", "free"])
        {
            // Servers before 1.22 do not record that /scale changed a field somebody else owns; only the generation tells.
            await _away.PatchAsync(
                KnownResources.Deployments, Key(name), KubePatch.Merge(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 5 } }),
                    User with { Subresource = "scale" }, Token);
        }

        await SyncAsync();
        Assert.Equal(2, await ReplicasAsync("fixed"));
        Assert.Equal(5, await ReplicasAsync("free"));
        await EditFederatedAsync("deployments.apps", "free", "{'spec':{'template':{'metadata':{'labels':{'x':'y'}},'spec':{'replicas':9}}}}");
        await SyncAsync();
        Assert.Equal(5, await ReplicasAsync("free"));
        Assert.Equal("y", (await _away.GetAsync(KnownResources.Deployments, Key("free"), Token)).Label("x"));

        await EditFederatedAsync("deployments.apps", "fixed",
            "{'spec':{'template':{'spec':{'selector':{'matchLabels':{'a':'z'}},'template':{'metadata':{'labels':{'a':'z'}}}}}}}");
        var failed = (await SyncAsync()).Where(o => o is { Resource.Name: "fixed", Cluster: not null }).ToList();
        Assert.Equal(2, failed.Count);
        Assert.All(failed, o => Assert.True(o.Reason == PropagationReason.UpdateFailed
            && o.Message.Contains("delete the copy there", StringComparison.Ordinal), o.Message));
    }

    [Fact]
    public async Task S_55_S_56_P_43_What_the_member_allocates_and_generates_survives_a_change_of_the_template()
    {
        await StartAsync();
        await DeclareAsync("services", "front", "'template':{'spec':{'type':'NodePort','selector':{'a':'b'},'ports':[{'name':'http','port':80}]}}");
        await DeclareAsync("serviceaccounts", "robot", "'template':{'metadata':{'labels':{'x':'1'}}}");
        await DeclareAsync("jobs.batch", "once", "'template':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}");
        Assert.All(await SyncAsync(), o => Assert.True(o.Succeeded, o.Message));
        var before = await _away.GetAsync(KnownResources.Services, Key("front"), Token);

        // Servers from 1.24 on generate no token Secrets.
        var generates = (await servers.GetAsync(Token)).ServerVersion is { Major: 1, Minor: < 24 };
        await WaitUntilAsync(async () => !generates || (await _away.GetAsync(KnownResources.ServiceAccounts, Key("robot"),
            Token)).Json["secrets"] is JsonArray { Count: > 0 });
        await EditFederatedAsync("services", "front", "{'spec':{'template':{'spec':{'selector':{'a':'c'}}}}}");
        await EditFederatedAsync("serviceaccounts", "robot", "{'spec':{'template':{'metadata':{'labels':{'x':'2'}}}}}");
        await EditFederatedAsync("jobs.batch", "once", "{'spec':{'template':{'metadata':{'labels':{'x':'2'}}}}}");
        var outcomes = await SyncAsync();
        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Message));

        var after = await _away.GetAsync(KnownResources.Services, Key("front"), Token);
        Assert.Equal("c", after.Spec!["selector"]!["a"]!.GetValue<string>());
        Assert.Equal(before.Spec!["clusterIP"]!.ToJsonString(), after.Spec["clusterIP"]!.ToJsonString());
        Assert.Equal(before.Spec["ports"]![0]!["nodePort"]!.ToJsonString(), after.Spec["ports"]![0]!["nodePort"]!.ToJsonString());
        var robot = await _away.GetAsync(KnownResources.ServiceAccounts, Key("robot"), Token);
        Assert.Equal("2", robot.Label("x"));
        Assert.Equal(generates, robot.Json["secrets"] is JsonArray { Count: > 0 });
        Assert.Equal("2", (await _away.GetAsync(Jobs, Key("once"), Token)).Label("x"));
    }

    [Fact]
    public async Task S_6_S_33_S_34_Copies_leave_with_the_placement_with_the_resource_or_stay_unlabelled()
    {
        await StartAsync();
        foreach (var name in (string[])["shrunk", "deleted", "orphaned"])
        {
            await DeclareAsync("configmaps", name, "'template':{'data':{'a':'1'}}");
        }

        await SyncAsync();
        var type = await _federation.Types.ResolveAsync("configmaps", Token);
        await EditFederatedAsync("configmaps", "shrunk", "{'spec':{'placement':{'clusters':[{'name':'home'}]}}}");
        await EditFederatedAsync("configmaps", "orphaned", "{'metadata':{'annotations':{'kubefed.io/orphan':'true'}}}");
        await _host.DeleteAsync(type.Federated, Key("deleted"), DeleteOptions.Default, Token);
        await _host.DeleteAsync(type.Federated, Key("orphaned"), DeleteOptions.Default, Token);
        await SyncAsync();

        Assert.Null(await _away.FindAsync(KnownResources.ConfigMaps, Key("shrunk"), Token));
        Assert.Equal("True home=Ok", await BriefAsync("configmaps", "shrunk"));
        Assert.Null(await _away.FindAsync(KnownResources.ConfigMaps, Key("deleted"), Token));
        Assert.Null(await _host.FindAsync(type.Federated, Key("deleted"), Token));
        Assert.Null((await _away.GetAsync(KnownResources.ConfigMaps, Key("orphaned"), Token)).Label(KubeFedNames.ManagedLabel));
        Assert.Null(await _host.FindAsync(type.Federated, Key("orphaned"), Token));
    }

    [Fact]
    public async Task Fields_of_an_object_that_KubeFed_wrote_go_away_when_the_template_drops_them()
    {
        await StartAsync();
        await PutAsync(_away, KnownResources.ConfigMaps, "old", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'1','b':'2'}}", "hyperfed");
        await DeclareAsync("configmaps", "old", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        Assert.Equal("""{"a":"1"}""", await DataAsync(_away, "old"));
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));
    }

    [Fact]
    public async Task S_43_S_45_The_hosts_own_namespace_outlives_its_federation_and_the_others_go()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        Assert.Equal("True away=Ok home=Ok", await BriefAsync("namespaces", _namespace));
        var type = await _federation.Types.ResolveAsync("namespaces", Token);
        await _host.DeleteAsync(type.Federated, Key(_namespace), DeleteOptions.Default, Token);
        await WaitUntilAsync(async () =>
        {
            await SyncAsync();
            return await _host.FindAsync(type.Federated, Key(_namespace), Token) is null;
        });
        Assert.Null(await _away.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace), Token));
        var own = await _host.GetAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace), Token);
        Assert.False(own.IsDeleting);
        Assert.Null(own.Label(KubeFedNames.ManagedLabel));
    }

    public void Dispose()
    {
        foreach (var item in _open)
        {
            item.Dispose();
        }
    }

    private const string Workload =
        "'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
        + "'spec':{'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}}}}";

    private static readonly string[] Types = ["namespaces", "configmaps", "deployments.apps", "services", "serviceaccounts", "jobs.batch", "secrets"];

    private async Task StartAsync()
    {
        var clusters = await servers.GetAsync(Token);
        var direct = new KubeClientFactory();
        var counted = new KubeClientFactory(wrap: (inner, settings) =>
        {
            var wire = new CountingHandler(inner);
            _wires.Add((settings.Server.Port, wire));
            return wire;
        });
        _host = Keep(direct.Create(clusters[0].ToConnectionSettings()));
        _away = Keep(direct.Create(clusters[1].ToConnectionSettings()));
        _federation = Keep(new Federation(new FederationOptions
        {
            Host = Keep(counted.Create(clusters[0].ToConnectionSettings())),
            HostName = "home",
            SystemNamespace = "kubefed-sync-tests",
            Clients = counted,
            Loggers = NullLoggerFactory.Instance,
        }));
        await _federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        await _federation.Clusters.JoinAsync(new JoinRequest { Name = "home", Member = clusters[0].ToConnectionSettings() }, NullSink.Instance, Token);
        await _federation.Clusters.JoinAsync(new JoinRequest { Name = "away", Member = clusters[1].ToConnectionSettings() }, NullSink.Instance, Token);
        foreach (var type in Types)
        {
            await _federation.Types.EnableAsync(new EnableRequest { Name = type }, NullSink.Instance, Token);
        }

        _namespace = $"sync-{Guid.NewGuid():N}"[..18];
        await _host.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace)), User, Token);
        await DeclareAsync("namespaces", _namespace, "'template':{}");
        await SyncAsync();
    }

    private T Keep<T>(T item)
        where T : IDisposable
    {
        _open.Insert(0, item);
        return item;
    }

    private ObjectKey Key(string name) => new(_namespace, name);

    private List<RecordedRequest> Writes(string cluster) =>
        [.. _wires.Where(w => w.Port == (cluster == "home" ? _host : _away).Settings.Server.Port).SelectMany(w => w.Counter.Writes)];

    private void Clear()
    {
        foreach (var wire in _wires)
        {
            wire.Counter.Clear();
        }
    }

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text.Replace('\'', '"'))!;

    private async Task DeclareAsync(string typeName, string name, string spec)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        var value = KubeObject.Create(type.Federated, Key(name));
        value.Json["spec"] = Json($"{{{spec},{Everywhere}}}");
        await _host.CreateAsync(type.Federated, value, User, Token);
    }

    private async Task EditFederatedAsync(string typeName, string name, string patch)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        await _host.PatchAsync(type.Federated, Key(name), KubePatch.Merge(Json(patch)), User, Token);
    }

    private async Task EditAsync(IKubeClient cluster, ApiResource resource, string name, string patch) =>
        await cluster.PatchAsync(resource, Key(name), KubePatch.Merge(Json(patch)), User, Token);

    private async Task PutAsync(IKubeClient cluster, ApiResource resource, string name, string json, string manager = "user")
    {
        var value = KubeObject.Create(resource, Key(name));
        foreach (var (key, node) in Json(json))
        {
            if (key == "metadata")
            {
                value.Metadata["labels"] = node!["labels"]!.DeepClone();
            }
            else
            {
                value.Json[key] = node?.DeepClone();
            }
        }

        await cluster.CreateAsync(resource, value, new WriteOptions { FieldManager = manager }, Token);
    }

    private async Task SetAdoptionAsync(string value) => await _host.PatchAsync(
        CoreResources.KubeFedConfigs,
        new ObjectKey(_federation.SystemNamespace, KubeFedNames.ConfigName),
        KubePatch.Merge(Json($"{{'spec':{{'syncController':{{'adoptResources':'{value}'}}}}}}")),
        User,
        Token);

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(SyncRequest? request = null)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in _federation.Sync.RunAsync((request ?? new SyncRequest()) with { Namespaces = [_namespace] }, NullSink.Instance, Token))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private async Task<string> BriefAsync(string typeName, string name)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        var status = PropagationStatus.Read(await _host.GetAsync(type.Federated, Key(name), Token));
        var reason = status.Condition!.Reason == AggregateReason.None ? string.Empty : $"/{status.Condition.Reason}";
        return string.Join(' ', status.Clusters.Select(c => $"{c.Name}={c.Reason}").Prepend($"{status.Condition.Propagated}{reason}"));
    }

    private async Task<string> DataAsync(IKubeClient cluster, string name) =>
        (await cluster.GetAsync(KnownResources.ConfigMaps, Key(name), Token)).Json["data"]!.ToJsonString();

    private async Task<int> ReplicasAsync(string name) =>
        (await _away.GetAsync(KnownResources.Deployments, Key(name), Token)).Spec!["replicas"]!.GetValue<int>();

    private static async Task WaitUntilAsync(Func<Task<bool>> done, [CallerArgumentExpression(nameof(done))] string? what = null)
    {
        var limit = TimeSpan.FromMinutes(2);
        var started = Stopwatch.GetTimestamp();
        while (!await done())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"not so within {limit.TotalSeconds} s: {what}");
            await Task.Delay(100, Token);
        }
    }
}
