using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Guide;

/// <summary>The guide's "Cluster Registration", "Namespace-scoped control plane" and "ReplicaSchedulingPreference".</summary>
public sealed partial class GuideTests
{
    [Fact] // "ReplicaSchedulingPreference": the guide's A and B are cluster1 and cluster2
    public async Task Replicas_are_shared_out_as_the_preference_says()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "test-deployment", $"{Deployment},'placement':{{'clusterSelector':{{}}}}");
        foreach (var (total, clusters, one, two) in new[]
        {
            (8, "{}", 4, 4),
            (8, "{'*':{'weight':1}}", 4, 4),
            (9, "{'cluster1':{'weight':1},'cluster2':{'weight':2}}", 3, 6),
            (9, "{'cluster1':{'minReplicas':4,'maxReplicas':6,'weight':1},'cluster2':{'minReplicas':4,'maxReplicas':8,'weight':2}}", 4, 5),
            (50, "{'*':{'weight':1},'cluster2':{'maxReplicas':20,'weight':1}}", 30, 20),
        })
        {
            var preference = KubeObject.Create(CoreResources.ReplicaSchedulingPreferences, Key("test-deployment"));
            preference.Json["spec"] = Json($"{{'targetKind':'FederatedDeployment','totalReplicas':{total},'clusters':{clusters}}}");
            await _cluster1.CreateAsync(CoreResources.ReplicaSchedulingPreferences, preference, User, Token);
            await WellAsync();
            Assert.Equal((one, two), (await ReplicasAsync(_cluster1, "test-deployment"), await ReplicasAsync(_cluster2, "test-deployment")));
            await _cluster1.DeleteAsync(CoreResources.ReplicaSchedulingPreferences, preference.Key, DeleteOptions.Default, Token);
        }
    }

    [Fact] // "Namespace-scoped control plane", "Joining additional clusters in a namespace scoped deployment", "Unjoining clusters"
    public async Task A_control_plane_of_one_namespace_has_members_of_its_own_and_reaches_nothing_else()
    {
        _namespace = $"guide-{Guid.NewGuid():N}"[..18];
        await ConnectAsync(_namespace);
        await Federation.ControlPlane.InstallAsync(new InstallRequest { Scope = ControlPlaneScope.Namespaced }, NullSink.Instance, Token);
        await KubefedAsync("join", "cluster1", "--cluster-context", "cluster1");
        await KubefedAsync("join", "cluster2", "--cluster-context", "cluster2");
        Assert.All(await Federation.Clusters.ListAsync(Token), cluster => Assert.True(cluster.Ready, cluster.Name));
        await KubefedAsync("enable", "configmaps");
        await DeclareAsync("configmaps", "test-configmap", $"'template':{{'data':{{'a':'1'}}}},{Everywhere}");

        await WellAsync();
        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync("configmaps", "test-configmap"));
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));

        await KubefedAsync("unjoin", "cluster2", "--cluster-context", "cluster2");
        Assert.Equal(["cluster1"], (await Federation.Clusters.ListAsync(Token)).Select(cluster => cluster.Name));
        Assert.Null(await _cluster2.FindAsync(KnownResources.ServiceAccounts, Key("cluster2-cluster1"), Token));
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));
        Assert.Contains(await SyncAsync(), outcome => outcome is { Cluster: "cluster2", Reason: PropagationReason.ClusterNotFound });
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));

        await DeleteFederatedAsync("configmaps", "test-configmap");
        Assert.Equal("cluster2", await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));
        await KubefedAsync("unjoin", "cluster1");
        await _cluster1.DeleteAsync(KnownResources.Namespaces, Space, DeleteOptions.Default, Token);
    }
}
