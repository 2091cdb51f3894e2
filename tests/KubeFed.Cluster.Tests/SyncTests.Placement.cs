using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>Where copies are, who takes them away and who brings them back, on real API servers.</summary>
public sealed partial class SyncTests
{
    [Fact]
    public async Task S_4_S_5_What_the_namespace_does_not_allow_leaves_and_comes_back_with_it()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        await EditFederatedAsync("namespaces", _namespace, "{'spec':{'placement':{'clusters':[{'name':'home'}],'clusterSelector':null}}}");
        await SyncAsync();
        Assert.Null(await _away.FindAsync(KnownResources.ConfigMaps, Key("web"), Token));
        Assert.Equal("""{"a":"1"}""", await DataAsync(_host, "web"));

        await EditFederatedAsync("namespaces", _namespace, "{'spec':{'placement':{'clusters':null,'clusterSelector':{}}}}");
        await WaitUntilAsync(async () =>
        {
            await SyncAsync();
            return await _away.FindAsync(KnownResources.ConfigMaps, Key("web"), Token) is not null;
        });
        await SyncAsync();
        Assert.Equal("True away=Ok home=Ok", await BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_7_An_empty_list_of_clusters_means_none()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        await EditFederatedAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[]}}}");
        await SyncAsync();
        Assert.Null(await _away.FindAsync(KnownResources.ConfigMaps, Key("web"), Token));
        Assert.Null(await _host.FindAsync(KnownResources.ConfigMaps, Key("web"), Token));
        Assert.Equal("True", await BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task S_14_S_15_S_16_S_21_A_copy_without_its_label_is_ours_again_a_deleted_one_comes_back_and_one_that_opts_out_stays()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        await EditAsync(_away, KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':null}}}");
        await SyncAsync();
        Assert.Equal("true", (await _away.GetAsync(KnownResources.ConfigMaps, Key("web"), Token)).Labels[KubeFedNames.ManagedLabel]);

        await _away.DeleteAsync(KnownResources.ConfigMaps, Key("web"), DeleteOptions.Default, Token);
        await SyncAsync();
        Assert.Equal("""{"a":"1"}""", await DataAsync(_away, "web"));

        await EditAsync(_away, KnownResources.ConfigMaps, "web", "{'data':{'a':'theirs'},'metadata':{'labels':{'kubefed.io/managed':'false'}}}");
        await SyncAsync();
        Assert.Equal("False/CheckClusters away=ManagedLabelFalse home=Ok", await BriefAsync("configmaps", "web"));
        var type = await _federation.Types.ResolveAsync("configmaps", Token);
        await _host.DeleteAsync(type.Federated, Key("web"), DeleteOptions.Default, Token);
        await SyncAsync();
        Assert.Null(await _host.FindAsync(type.Federated, Key("web"), Token));
        Assert.Equal("""{"a":"theirs"}""", await DataAsync(_away, "web"));
    }

    [Fact]
    public async Task S_31_What_one_member_rejects_is_that_members_cell_alone()
    {
        await StartAsync();
        await DeclareAsync(
            "deployments.apps",
            "web",
            $"{Workload},'overrides':[{{'clusterName':'away','clusterOverrides':[{{'path':'/spec/replicas','value':-1}}]}}]");
        var outcomes = await SyncAsync();
        Assert.Equal("False/CheckClusters away=CreationFailed home=Ok", await BriefAsync("deployments.apps", "web"));
        Assert.Contains("spec.replicas", outcomes.Single(o => o is { Cluster: "away", Reason: PropagationReason.CreationFailed }).Message, StringComparison.Ordinal);
    }
}
