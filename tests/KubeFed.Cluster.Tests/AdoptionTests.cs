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
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// Who owns what, on real API servers: what depends on how a server defaults, how it writes quantities, merges lists with keys, and keeps account of fields.
/// One federation has the first cluster as its host, another one the second; the second is the member of both, called "shared".
/// </summary>
[Collection(nameof(RealServers))]
public sealed class AdoptionTests(TwoClusters servers) : IDisposable
{
    private static readonly WriteOptions User = new() { FieldManager = "kubectl-create" };

    private readonly string _namespace = $"adoption-{Guid.NewGuid():N}"[..18];
    private readonly List<IDisposable> _open = [];
    private IKubeClient _shared = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task P_37_P_56_Two_federations_on_one_member_leave_each_other_alone_and_hand_over_on_request()
    {
        var one = await StartAsync(0, "one", "namespaces", "configmaps");
        await DeclareAsync(one, "configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync(one);
        var two = await StartAsync(1, "two", "namespaces", "configmaps");
        var identity = await FederationIdentity.ReadAsync(one.Host, one.Federation.SystemNamespace, Token);

        // A run over everything, which looks for orphans: the other's copies are none.
        two.ClearCounts();
        await SyncAsync(two, everything: true);
        var copy = await MapAsync();
        Assert.Equal(("true", identity.Value), (copy.Label(KubeFedNames.ManagedLabel), copy.Annotation(KubeFedNames.FederationAnnotation)));
        Assert.DoesNotContain(two.Writes, write => write.Path.EndsWith("/configmaps/web", StringComparison.Ordinal) && write.Method == "PATCH"
            && !write.Path.Contains("federated", StringComparison.Ordinal));

        await DeclareAsync(two, "configmaps", "web", "'template':{'data':{'b':'2'}}");
        var refused = Assert.Single(await SyncAsync(two), o => o is { Cluster: "shared", Resource.Name: "web" });
        Assert.Equal(PropagationReason.OwnedByOtherFederation, refused.Reason);
        Assert.Contains($"federation {identity} (field manager kubefed)", refused.Message, StringComparison.Ordinal);
        Assert.Matches("wrote it at 20..-..-..T", refused.Message);
        Assert.Equal("""{"a":"1"}""", (await MapAsync()).Json["data"]!.ToJsonString());
        one.ClearCounts();
        await SyncAsync(one);
        Assert.Empty(one.Writes);

        var taken = Assert.Single(await SyncAsync(two, new SyncRequest { TakeOver = true }), o => o is { Cluster: "shared", Resource.Name: "web" });
        Assert.True(taken is { Action: PlanAction.Adopt, Written: true }, taken.Message);
        Assert.Equal("""{"b":"2"}""", (await MapAsync()).Json["data"]!.ToJsonString());
        Assert.Equal("False/CheckClusters shared=OwnedByOtherFederation", await BriefAsync(one, "configmaps", "web", sync: true));

        var type = await two.Federation.Types.ResolveAsync("configmaps", Token);
        await two.Host.DeleteAsync(type.Federated, Key("web"), DeleteOptions.Default, Token);
        await SyncAsync(two);
        Assert.Equal("True shared=Ok", await BriefAsync(one, "configmaps", "web", sync: true));
        Assert.Equal("""{"a":"1"}""", (await MapAsync()).Json["data"]!.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task P_47_AdoptIfIdentical_sees_through_defaults_quantities_and_lists_with_keys()
    {
        var fleet = await StartAsync(0, "one", "namespaces", "deployments.apps", "services");
        const string declared =
            "'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c',"
            + "'image':'i:1','ports':[{'containerPort':80}],'resources':{'limits':{'cpu':'1500m','memory':'1024Mi'}}}]}}}";
        var stored = declared.Replace("'1024Mi'", "'1Gi'", StringComparison.Ordinal)
            .Replace("[{'name':'c'", "[{'name':'sidecar','image':'s'},{'name':'c'", StringComparison.Ordinal);
        await PutAsync(KnownResources.Deployments, "same", stored);
        await PutAsync(KnownResources.Deployments, "other", stored.Replace("'i:1'", "'i:2'", StringComparison.Ordinal));
        await PutAsync(KnownResources.Services, "front", "'spec':{'selector':{'a':'b'},'ports':[{'name':'own','port':81},{'name':'http','port':80}]}");
        foreach (var name in (string[])["same", "other"])
        {
            await DeclareAsync(fleet, "deployments.apps", name, $"'template':{{{declared}}}", "AdoptIfIdentical");
        }

        await DeclareAsync(fleet, "services", "front", "'template':{'spec':{'selector':{'a':'b'},'ports':[{'name':'http','port':80}]}}", "AdoptIfIdentical");
        var before = await _shared.GetAsync(KnownResources.Deployments, Key("same"), Token);

        var outcomes = (await SyncAsync(fleet)).Where(o => o.Cluster is not null).ToDictionary(o => o.Resource.Name);

        Assert.True(outcomes["same"] is { Action: PlanAction.Adopt, Written: true }, outcomes["same"].Message);
        Assert.EndsWith("nothing in it had to change", outcomes["same"].Message, StringComparison.Ordinal);
        var after = await _shared.GetAsync(KnownResources.Deployments, Key("same"), Token);
        Assert.True(JsonNode.DeepEquals(before.Spec, after.Spec));
        Assert.True(outcomes["front"] is { Action: PlanAction.Adopt, Written: true }, outcomes["front"].Message);
        Assert.Equal(2, (await _shared.GetAsync(KnownResources.Services, Key("front"), Token)).Spec!["ports"]!.AsArray().Count);

        Assert.Equal(PropagationReason.AlreadyExists, outcomes["other"].Reason);
        Assert.EndsWith("/spec/template/spec/containers/1/image is \"i:2\" and should be \"i:1\"", outcomes["other"].Message, StringComparison.Ordinal);
        Assert.Null((await _shared.GetAsync(KnownResources.Deployments, Key("other"), Token)).Label(KubeFedNames.ManagedLabel));
        fleet.ClearCounts();
        await SyncAsync(fleet);
        Assert.Empty(fleet.Writes);
    }

    [Fact(Timeout = 120_000)]
    public async Task P_53_A_member_that_serves_a_type_in_another_version_gets_its_copies_in_that_one()
    {
        var fleet = await StartAsync(0, "one", "namespaces");
        var v1 = new ApiResource("adoption.example.io", "v1", "Widget", "widgets", Namespaced: true);
        var v1beta1 = v1 with { Version = "v1beta1" };
        await DefineAsync(fleet.Host, v1);
        await DefineAsync(_shared, v1beta1);
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = v1.QualifiedName }, NullSink.Instance, Token);
        await DeclareAsync(fleet, v1.QualifiedName, "w", "'template':{'spec':{'size':1}}");

        Assert.Equal("True shared=Ok", await BriefAsync(fleet, v1.QualifiedName, "w", sync: true));
        Assert.Equal(1, (await _shared.GetAsync(v1beta1, Key("w"), Token)).Spec!["size"]!.GetValue<int>());
        fleet.ClearCounts();
        await SyncAsync(fleet);
        Assert.Empty(fleet.Writes);

        var type = await fleet.Federation.Types.ResolveAsync(v1.QualifiedName, Token);
        await fleet.Host.DeleteAsync(type.Federated, Key("w"), DeleteOptions.Default, Token);
        await SyncAsync(fleet);
        Assert.Null(await _shared.FindAsync(v1beta1, Key("w"), Token));
        Assert.Null(await fleet.Host.FindAsync(type.Federated, Key("w"), Token));
    }

    public void Dispose() => _open.ForEach(item => item.Dispose());

    /// <summary>A federation whose host is one of the clusters and whose only member is the second, with the types enabled and this test's namespace.</summary>
    private async Task<Fleet> StartAsync(int host, string name, params string[] types)
    {
        var clusters = (await servers.GetAsync(Token)).Clusters.Select(cluster => cluster.ToConnectionSettings()).ToList();
        var fleet = new Fleet([clusters[host], clusters[1]], $"kubefed-adoption-{name}", []);
        _open.Add(fleet);
        if (_shared is null)
        {
            _shared = fleet.Factory.Create(clusters[1]);
            _open.Add(_shared);
        }

        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "shared", Member = clusters[1] }, NullSink.Instance, Token);
        foreach (var type in types)
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = type }, NullSink.Instance, Token);
        }

        var space = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace));
        await fleet.Host.ApplyAsync(KnownResources.Namespaces, space, User, Token);
        await DeclareAsync(fleet, "namespaces", _namespace, "'template':{}");
        await SyncAsync(fleet);
        return fleet;
    }

    private async Task DeclareAsync(Fleet fleet, string typeName, string name, string spec, string? policy = null)
    {
        var type = await fleet.Federation.Types.ResolveAsync(typeName, Token);
        var value = KubeObject.Create(type.Federated, Key(name));
        value.SetAnnotation(KubeFedNames.AdoptionPolicyAnnotation, policy);
        value.Json["spec"] = Json($"{{{spec},'placement':{{'clusters':[{{'name':'shared'}}]}}}}");
        await fleet.Host.CreateAsync(type.Federated, value, User, Token);
    }

    private async Task PutAsync(ApiResource resource, string name, string fields)
    {
        var value = KubeObject.Create(resource, Key(name));
        foreach (var (key, node) in Json($"{{{fields}}}"))
        {
            value.Json[key] = node?.DeepClone();
        }

        await _shared.CreateAsync(resource, value, User, Token);
    }

    private static async Task DefineAsync(IKubeClient cluster, ApiResource resource)
    {
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(resource.QualifiedName));
        definition.Json["spec"] = Json(
            $"{{'group':'{resource.Group}','scope':'Namespaced','names':{{'kind':'{resource.Kind}','plural':'{resource.Plural}'}},'versions':[{{"
            + $"'name':'{resource.Version}','served':true,'storage':true,'schema':{{'openAPIV3Schema':{{'type':'object','properties':{{'spec':"
            + "{'type':'object','properties':{'size':{'type':'integer'}}}}}}}]}");
        await cluster.ApplyAsync(KnownResources.CustomResourceDefinitions, definition, User, Token);
        for (var served = false; !served;)
        {
            try
            {
                await cluster.ListAsync(resource, new ListQuery(), Token);
                served = true;
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                await Task.Delay(100, Token);
            }
        }
    }

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(Fleet fleet, SyncRequest? request = null, bool everything = false)
    {
        request ??= new SyncRequest();
        var outcomes = new List<SyncOutcome>();
        var scoped = everything ? request : request with { Namespaces = [_namespace] };
        await foreach (var outcome in fleet.Federation.Sync.RunAsync(scoped, NullSink.Instance, Token))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private async Task<string> BriefAsync(Fleet fleet, string typeName, string name, bool sync)
    {
        if (sync)
        {
            await SyncAsync(fleet);
        }

        var type = await fleet.Federation.Types.ResolveAsync(typeName, Token);
        var status = PropagationStatus.Read(await fleet.Host.GetAsync(type.Federated, Key(name), Token));
        var reason = status.Condition!.Reason == AggregateReason.None ? string.Empty : $"/{status.Condition.Reason}";
        return string.Join(' ', status.Clusters.Select(c => $"{c.Name}={c.Reason}").Prepend($"{status.Condition.Propagated}{reason}"));
    }

    private Task<KubeObject> MapAsync() => _shared.GetAsync(KnownResources.ConfigMaps, Key("web"), Token);

    private ObjectKey Key(string name) => new(_namespace, name);

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text.Replace('\'', '"'))!;
}
