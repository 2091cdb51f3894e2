using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Guide;

/// <summary>The guide's "Federated API types".</summary>
public sealed partial class GuideTests
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    private static readonly ApiResource LimitRanges = new(string.Empty, "v1", "LimitRange", "limitranges", Namespaced: true);

    [Fact] // "Enabling federation of an API type", "Disabling propagation of an API type"
    public async Task A_type_is_enabled_by_any_of_its_names_paused_by_its_config_and_disabled()
    {
        await StartAsync();
        var before = _fleet.Writes.Count;
        var yaml = await KubefedAsync("enable", "limitranges", "--output=yaml");
        Assert.Contains("name: federatedlimitranges.types.kubefed.io", yaml, StringComparison.Ordinal);
        Assert.Equal(before, _fleet.Writes.Count);
        foreach (var name in (string[])["LimitRange", "limitranges", "limits"])
        {
            await KubefedAsync("enable", name);
        }

        await KubefedAsync("enable", "deploy");
        var type = await Federation.Types.ResolveAsync("limitranges", Token);
        Assert.Equal(("limitranges", "FederatedLimitRange"), (type.Name, type.Federated.Kind));

        var config = new ObjectKey(Home, "limitranges");
        await _cluster1.PatchAsync(CoreResources.FederatedTypeConfigs, config, KubePatch.Merge(Json("{'spec':{'propagation':'Disabled'}}")), User, Token);
        await DeclareAsync("limitranges", "limits", $"'template':{{'spec':{{'limits':[{{'type':'Pod','max':{{'cpu':'2'}}}}]}}}},{Everywhere}");
        await SyncAsync();
        Assert.Equal(string.Empty, await WhereAsync(LimitRanges, Key("limits")));
        await _cluster1.PatchAsync(CoreResources.FederatedTypeConfigs, config, KubePatch.Merge(Json("{'spec':{'propagation':'Enabled'}}")), User, Token);
        await WellAsync();
        Assert.Equal("cluster1 cluster2", await WhereAsync(LimitRanges, Key("limits")));

        var refused = await RunAsync("disable", "limitranges", "--delete-crd");
        Assert.NotEqual(ExitCode.Ok, refused.Code);
        await DeleteFederatedAsync("limitranges", "limits");
        Assert.Equal(string.Empty, await WhereAsync(LimitRanges, Key("limits")));
        await KubefedAsync("disable", "limitranges", "--delete-crd");
        Assert.Null(await _cluster1.FindAsync(CoreResources.FederatedTypeConfigs, config, Token));
        await UntilAsync("the federated type is gone", async () => await _cluster1.FindAsync(
            KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("federatedlimitranges.types.kubefed.io"), Token) is null);
    }

    [Fact] // "Enabling an API type with a non-default API group"
    public async Task A_type_whose_kind_is_taken_is_federated_in_a_group_of_its_own()
    {
        await StartAsync();
        var group = $"g{Guid.NewGuid():N}"[..10] + ".example.com";
        var name = $"deployments.{group}";
        var resource = new ApiResource(group, "v1", "Deployment", "deployments", Namespaced: true);
        await DefineAsync(_cluster1, resource);
        await DefineAsync(_cluster2, resource);
        await KubefedAsync("enable", name, "--federated-group", $"kubefed.{group}");
        await DeclareAsync("deployments.apps", "test-deployment", $"{Deployment},{Everywhere}");
        await DeclareAsync(name, "test-deployment", $"'template':{{'spec':{{'replicas':2}}}},{Everywhere}");

        await WellAsync(new SyncRequest { DryRun = true });
        await WellAsync();

        Assert.Equal(2, (await _cluster2.GetAsync(resource, Key("test-deployment"), Token)).Spec!["replicas"]!.GetValue<int>());
        Assert.Equal(3, await ReplicasAsync(_cluster2, "test-deployment"));
        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync(name, "test-deployment"));
        await SettleAsync();
        await NothingToDoAsync();

        await KubefedAsync("disable", name);
        Assert.NotNull(await _cluster2.FindAsync(resource, Key("test-deployment"), Token));
        await NothingToDoAsync();
    }

    [Fact] // "Federation of a CRD requires the CRD Kubernetes type to be enabled"
    public async Task A_definition_and_what_it_defines_reach_the_members_in_one_sync()
    {
        await StartAsync();
        var group = $"g{Guid.NewGuid():N}"[..10] + ".mydomain.io";
        var resource = new ApiResource(group, "v1", "MyType", "mytypes", Namespaced: true);
        var name = resource.QualifiedName;
        await DefineAsync(_cluster1, resource);
        await KubefedAsync("enable", "customresourcedefinitions");
        await KubefedAsync("federate", "crd", name);
        await KubefedAsync("enable", name);
        await DeclareAsync(name, "mine", $"'template':{{'spec':{{'replicas':2}}}},{Everywhere}");
        var request = new SyncRequest { Types = ["namespaces", Definitions, name] };
        try
        {
            await WellAsync(request with { DryRun = true });
            await WellAsync(request);
            Assert.Equal(2, (await _cluster2.GetAsync(resource, Key("mine"), Token)).Spec!["replicas"]!.GetValue<int>());
            Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync(name, "mine"));
            await NothingToDoAsync(request);
        }
        finally
        {
            // The tests that share these servers have nothing to do with definitions.
            await Federation.Types.DisableAsync(new DisableRequest { Name = Definitions, Resources = ResourcePolicy.Release }, NullSink.Instance, Token);
        }
    }

    private static async Task DefineAsync(IKubeClient cluster, ApiResource resource)
    {
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(resource.QualifiedName));
        definition.Json["spec"] = Json(
            $"{{'group':'{resource.Group}','scope':'Namespaced','names':{{'plural':'{resource.Plural}','kind':'{resource.Kind}'}},"
            + "'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object',"
            + "'properties':{'replicas':{'type':'integer'}}}}}}}]}");
        await cluster.CreateAsync(KnownResources.CustomResourceDefinitions, definition, User, Token);
        await UntilAsync($"{resource.QualifiedName} is served", async () =>
        {
            cluster.Discovery.Invalidate();
            return await cluster.Discovery.FindAsync(resource.Gvk, Token) is not null;
        });
    }

    /// <summary>Controllers of the members write to new copies for a moment; what a sync then records of them is no propagation.</summary>
    private async Task SettleAsync() =>
        await SyncUntilAsync("a sync finds nothing to do", async () => (await SyncAsync()).All(outcome => outcome.Action == PlanAction.None));
}
