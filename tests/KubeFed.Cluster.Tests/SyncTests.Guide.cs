using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>What KubeFed's user guide tells its readers to do, section by section, on real API servers.</summary>
public sealed partial class SyncTests
{
    private const string GuideDeployment =
        "'template':{'spec':{'replicas':3,'selector':{'matchLabels':{'app':'nginx'}},'template':{'metadata':{'labels':{'app':'nginx'}},"
        + "'spec':{'containers':[{'image':'nginx','name':'nginx'}]}}}}";

    [Fact] // "Using Cluster Selector" and "Overrides"; the annotations are added to a template that has no metadata
    public async Task Guide_a_resource_differs_where_its_overrides_say_and_is_where_its_placement_says()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "test", GuideDeployment
            + ",'overrides':[{'clusterName':'away','clusterOverrides':[{'path':'/spec/replicas','value':5},"
            + "{'path':'/spec/template/spec/containers/0/image','value':'nginx:1.17.0-alpine'},"
            + "{'path':'/metadata/annotations','op':'add','value':{'foo':'bar','gone':'x'}},{'path':'/metadata/annotations/gone','op':'remove'}]},"
            + "{'clusterName':'home','clusterOverrides':[{'path':'/metadata/labels','op':'add','value':{'site':'home'}}]}]");
        Assert.All(await SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.Message));

        var (home, away) = (await DeploymentAsync(_host), await DeploymentAsync(_away));
        Assert.Equal("home", home.Label("site"));
        Assert.Equal(3, home.Spec!["replicas"]!.GetValue<int>());
        Assert.Equal("bar", away.Annotation("foo"));
        Assert.Null(away.Annotation("gone"));
        Assert.Equal(5, away.Spec!["replicas"]!.GetValue<int>());
        Assert.Equal("nginx:1.17.0-alpine", away.Spec["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>());
        Clear();
        Assert.All(await SyncAsync(), outcome => Assert.Equal(PlanAction.None, outcome.Action));
        Assert.Empty(Writes("home").Concat(Writes("away")));

        foreach (var (placement, where) in new[]
        {
            ("{'clusters':[{'name':'away'}],'clusterSelector':{}}", "away"), // both: the selector is ignored
            ("{'clusters':[],'clusterSelector':{}}", string.Empty), // an empty list is no cluster
            ("{'clusters':null,'clusterSelector':{}}", "home away"), // an empty selector is all
            ("{'clusters':null,'clusterSelector':null}", string.Empty), // neither is none
        })
        {
            await EditFederatedAsync("deployments.apps", "test", $"{{'spec':{{'placement':{placement}}}}}");
            await WaitUntilAsync(async () =>
            {
                await SyncAsync();
                var home = await _host.FindAsync(KnownResources.Deployments, Key("test"), Token) is not null;
                var away = await _away.FindAsync(KnownResources.Deployments, Key("test"), Token) is not null;
                return $"{(home ? "home " : string.Empty)}{(away ? "away" : string.Empty)}".Trim() == where;
            });
        }

        Task<KubeObject> DeploymentAsync(IKubeClient cluster) => cluster.GetAsync(KnownResources.Deployments, Key("test"), Token);
    }

    [Fact] // "Federating a target resource": the sample's kinds
    public async Task Guide_a_job_goes_with_its_pods_and_so_can_its_namespace()
    {
        await StartAsync();
        await DeclareAsync("jobs.batch", "test", "'template':{'spec':{'parallelism':1,'template':{'spec':{'containers':[{'image':'nginx','name':'nginx'}],"
            + "'restartPolicy':'Never'}}}}");
        await SyncAsync();
        Assert.Equal("True away=Ok home=Ok", await BriefAsync("jobs.batch", "test"));
        var pods = new ListQuery { Namespace = _namespace };
        await WaitUntilAsync(async () => (await _away.ListAsync(KnownResources.Pods, pods, Token)).Items.Count > 0);

        var type = await _federation.Types.ResolveAsync("jobs.batch", Token);
        await _host.DeleteAsync(type.Federated, Key("test"), DeleteOptions.Default, Token);
        await WaitUntilAsync(async () =>
        {
            await SyncAsync();
            return await _host.FindAsync(type.Federated, Key("test"), Token) is null;
        });
        await WaitUntilAsync(async () =>
            (await _away.ListAsync(KnownResources.Pods, pods, Token)).Items.Count + (await _host.ListAsync(KnownResources.Pods, pods, Token)).Items.Count == 0);

        await EditFederatedAsync("namespaces", _namespace, "{'spec':{'placement':{'clusters':[{'name':'home'}]}}}");
        await WaitUntilAsync(async () =>
        {
            await SyncAsync();
            return await _away.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace), Token) is null;
        });
    }

    [Fact] // "Local Value Retention"
    public async Task Guide_what_a_cluster_decided_for_itself_stays()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "test", GuideDeployment + ",'retainReplicas':true");
        await DeclareAsync("services", "test", "'template':{'spec':{'type':'NodePort','selector':{'app':'nginx'},'ports':[{'name':'http','port':80}]}}");
        await SyncAsync();
        await EditAsync(_away, KnownResources.Deployments, "test", "{'spec':{'replicas':7}}");
        var before = (await _away.GetAsync(KnownResources.Services, Key("test"), Token)).Spec!;

        await EditFederatedAsync("deployments.apps", "test", "{'spec':{'template':{'spec':{'minReadySeconds':3}}}}");
        await EditFederatedAsync("services", "test", "{'spec':{'template':{'metadata':{'labels':{'a':'b'}}}}}");
        await SyncAsync();

        Assert.Equal(7, await ReplicasAsync("test"));
        var after = await _away.GetAsync(KnownResources.Services, Key("test"), Token);
        Assert.Equal("b", after.Label("a"));
        Assert.Equal(before["clusterIP"]!.GetValue<string>(), after.Spec!["clusterIP"]!.GetValue<string>());
        Assert.Equal(before["ports"]![0]!["nodePort"]!.GetValue<int>(), after.Spec["ports"]![0]!["nodePort"]!.GetValue<int>());
    }

    [Fact] // "Deletion Policy" and "Higher order behaviour": replicas by a preference, and copies that stay
    public async Task Guide_replicas_follow_a_preference_and_orphans_stay()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "test", GuideDeployment);
        var preference = new SchedulingPreference { TargetKind = "FederatedDeployment", TotalReplicas = 9 };
        await _federation.Scheduling.Preferences.SetAsync(Key("test"), preference, dryRun: false, Token);
        await SyncAsync();
        var home = (await _host.GetAsync(KnownResources.Deployments, Key("test"), Token)).Spec!["replicas"]!.GetValue<int>();
        Assert.Equal(9, home + await ReplicasAsync("test"));
        await _federation.Scheduling.Preferences.RemoveAsync(Key("test"), dryRun: false, Token);

        await EditFederatedAsync("deployments.apps", "test", "{'metadata':{'annotations':{'kubefed.io/orphan':'true'}}}");
        var type = await _federation.Types.ResolveAsync("deployments.apps", Token);
        await _host.DeleteAsync(type.Federated, Key("test"), DeleteOptions.Default, Token);
        await WaitUntilAsync(async () =>
        {
            await SyncAsync();
            return await _host.FindAsync(type.Federated, Key("test"), Token) is null;
        });
        Assert.Null((await _away.GetAsync(KnownResources.Deployments, Key("test"), Token)).Label(KubeFedNames.ManagedLabel));
    }

    [Fact] // "Enabling an API type in a non-default API group": a second type of one kind
    public async Task Guide_a_type_whose_kind_is_taken_is_federated_in_a_group_of_its_own()
    {
        await StartAsync();
        var group = $"g{Guid.NewGuid():N}"[..10] + ".example.com";
        var resource = new ApiResource(group, "v1", "Deployment", "deployments", Namespaced: true);
        await DefineAsync(_host, group);
        await DefineAsync(_away, group);
        var request = new EnableRequest { Name = $"deployments.{group}", FederatedGroup = $"kubefed.{group}" };
        await _federation.Types.EnableAsync(request, NullSink.Instance, Token);
        await DeclareAsync("deployments.apps", "test", GuideDeployment);
        await DeclareAsync(request.Name, "test", "'template':{'spec':{'replicas':2}}");

        foreach (var dryRun in (bool[])[true, false])
        {
            Assert.All(await SyncAsync(new SyncRequest { DryRun = dryRun }), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        }

        Assert.Equal(2, (await _away.GetAsync(resource, Key("test"), Token)).Spec!["replicas"]!.GetValue<int>());
        Assert.Equal(3, await ReplicasAsync("test"));

        var release = new DisableRequest { Name = request.Name, Resources = ResourcePolicy.Release };
        await _federation.Types.DisableAsync(release, NullSink.Instance, Token);
        Assert.Null((await _away.GetAsync(resource, Key("test"), Token)).Label(KubeFedNames.ManagedLabel));
    }

    [Fact] // "Federating a CRD": the definition and what it defines are declared together
    public async Task Guide_a_definition_and_what_it_defines_are_true_after_one_sync()
    {
        await StartAsync();
        var group = $"g{Guid.NewGuid():N}"[..10] + ".example.com";
        var resource = new ApiResource(group, "v1", "Deployment", "deployments", Namespaced: true);
        await DefineAsync(_host, group);
        const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
        await _federation.Types.EnableAsync(new EnableRequest { Name = Definitions }, NullSink.Instance, Token);
        await _federation.Types.EnableAsync(new EnableRequest { Name = $"deployments.{group}", FederatedGroup = $"kubefed.{group}" }, NullSink.Instance, Token);
        await DeclareAsync($"deployments.{group}", "test", "'template':{'spec':{'replicas':2}}");
        var type = await _federation.Types.ResolveAsync(Definitions, Token);
        var draft = _federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = ObjectKey.ClusterScoped($"deployments.{group}"),
            Template = Json($"{{'spec':{DefinitionSpec(group)}}}"),
            Placement = PlacementSpec.All,
        });
        await _federation.Resources.CreateAsync(draft, dryRun: false, Token);

        var request = new SyncRequest { Types = ["namespaces", Definitions, $"deployments.{group}"] };
        Assert.All(await SyncAsync(request with { DryRun = true }), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.All(await SyncAsync(request), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(2, (await _away.GetAsync(resource, Key("test"), Token)).Spec!["replicas"]!.GetValue<int>());
        Assert.All(await SyncAsync(request), outcome => Assert.Equal(PlanAction.None, outcome.Action));

        await _federation.Types.DisableAsync(new DisableRequest { Name = Definitions, Resources = ResourcePolicy.Release }, NullSink.Instance, Token);
    }

    private static string DefinitionSpec(string group) =>
        $"{{'group':'{group}','scope':'Namespaced','names':{{'plural':'deployments','singular':'deployment','kind':'Deployment','listKind':'DeploymentList'}},"
        + "'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object',"
        + "'properties':{'replicas':{'type':'integer'}}}}}}}]}";

    private static async Task DefineAsync(IKubeClient cluster, string group)
    {
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped($"deployments.{group}"));
        definition.Json["spec"] = Json(DefinitionSpec(group));
        await cluster.CreateAsync(KnownResources.CustomResourceDefinitions, definition, User, Token);
        var resource = new ApiResource(group, "v1", "Deployment", "deployments", Namespaced: true);
        await WaitUntilAsync(async () =>
        {
            cluster.Discovery.Invalidate();
            return await cluster.Discovery.FindAsync(resource.Gvk, Token) is not null;
        });
    }
}
