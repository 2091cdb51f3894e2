using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Api;

public sealed class ReaderTests
{
    [Fact]
    public void A_KubeFedCluster_is_read_whole()
    {
        var cluster = MemberClusterReader.Read(KubeObject.Parse("""
            {"metadata":{"name":"c1","labels":{"region":"eu"},"creationTimestamp":"2024-05-01T10:00:00Z"},
             "spec":{"apiEndpoint":"https://c1:6443","caBundle":"LS0tLS1CRUdJTg==","secretRef":{"name":"s"},"proxyURL":"",
                     "disabledTLSValidations":["SubjectName","ValidityPeriod","Everything"]},
             "status":{"kubernetesVersion":"v1.30.1","conditions":[{"type":"Ready","status":"True","reason":"ClusterReady","message":"/healthz responded with ok",
                       "lastProbeTime":"2024-05-01T10:00:05Z","lastTransitionTime":"2024-05-01T10:00:04Z"}]}}
            """));

        Assert.Equal("c1", cluster.Name);
        Assert.Equal("https://c1:6443", cluster.ApiEndpoint);
        Assert.Equal("-----BEGIN", cluster.CaBundle);
        Assert.Equal("s", cluster.SecretName);
        Assert.Equal(TlsChecksDisabled.SubjectName | TlsChecksDisabled.ValidityPeriod, cluster.TlsChecksDisabled);
        Assert.Null(cluster.ProxyUrl);
        Assert.Equal("eu", cluster.Labels["region"]);
        Assert.Equal("v1.30.1", cluster.KubernetesVersion);
        Assert.True(cluster.Ready);
        Assert.Equal("ClusterReady", Assert.Single(cluster.Conditions).Reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"spec":5,"status":[]}""")]
    [InlineData("""{"metadata":{"name":"c"},"spec":{"apiEndpoint":7,"caBundle":"%%","secretRef":"x","disabledTLSValidations":[1,null]},"status":{"conditions":["x"]}}""")]
    public void A_KubeFedCluster_of_any_shape_can_be_read(string json)
    {
        var cluster = MemberClusterReader.Read(KubeObject.Parse(json));

        Assert.Null(cluster.Ready);
        Assert.Equal(TlsChecksDisabled.None, cluster.TlsChecksDisabled);
    }

    [Fact]
    public void A_sparse_FederatedTypeConfig_gets_the_names_KubeFed_filled_in_A30_A31_A32_A35()
    {
        var type = FederatedTypeReader.Read(KubeObject.Parse("""
            {"metadata":{"name":"deployments.apps"},"spec":{"targetType":{"version":"v1","kind":"Deployment","scope":"Namespaced"},"propagation":"Enabled",
             "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedDeployment","scope":"Namespaced"}}}
            """));

        Assert.Equal(new ApiResource("apps", "v1", "Deployment", "deployments", true), type.Target);
        Assert.True(type.Target.Namespaced);
        Assert.Equal("federateddeployments", type.Federated.Plural);
        Assert.True(type.PropagationEnabled);
        Assert.False(type.StatusCollection);
        Assert.False(type.IsNamespaceType);
    }

    [Fact]
    public void FederatedNamespace_is_namespaced_although_Namespace_is_not_A36()
    {
        var type = FederatedTypeReader.Read(KubeObject.Parse("""
            {"metadata":{"name":"namespaces"},"spec":{"targetType":{"version":"v1","kind":"Namespace","pluralName":"namespaces","scope":"Cluster"},"propagation":"Disabled",
             "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedNamespace","pluralName":"federatednamespaces","scope":"Cluster"},
             "statusCollection":"Enabled"}}
            """));

        Assert.False(type.Target.Namespaced);
        Assert.True(type.Federated.Namespaced);
        Assert.True(type.IsNamespaceType);
        Assert.False(type.PropagationEnabled);
        Assert.True(type.StatusCollection);
    }

    [Fact]
    public void A_status_type_takes_group_and_version_of_the_federated_type_A33()
    {
        var type = FederatedTypeReader.Read(KubeObject.Parse("""
            {"metadata":{"name":"services"},"spec":{"targetType":{"version":"v1","kind":"Service","scope":"Namespaced"},"propagation":"Enabled",
             "federatedType":{"group":"g.example.io","version":"v2","kind":"FederatedService","scope":"Namespaced"},"statusType":{"kind":"FederatedServiceStatus","scope":"Namespaced"}}}
            """));

        Assert.Equal(new ApiResource("g.example.io", "v2", "FederatedServiceStatus", "federatedservicestatuses", true), type.StatusType);
        Assert.Equal(string.Empty, type.Target.Group);
    }

    [Theory]
    [InlineData("Deployment", "deployments")]
    [InlineData("Ingress", "ingresses")]
    [InlineData("Box", "boxes")]
    [InlineData("Fizz", "fizzes")]
    [InlineData("Zoo", "zooes")]
    [InlineData("Batch", "batches")]
    [InlineData("Mesh", "meshes")]
    [InlineData("NetworkPolicy", "networkpolicies")]
    [InlineData("Gateway", "gatewaies")]
    public void Plurals_follow_KubeFeds_rules_even_where_English_does_not_A34(string kind, string plural) => Assert.Equal(plural, TypeNames.Pluralise(kind));

    [Theory]
    [InlineData("""{"scope":"Cluster"}""", ControlPlaneScope.Cluster, true, false)]
    [InlineData("""{"scope":"Namespaced","syncController":{"adoptResources":"Disabled"}}""", ControlPlaneScope.Namespaced, false, false)]
    [InlineData("""{"scope":"Cluster","featureGates":[{"name":"RawResourceStatusCollection","configuration":"Enabled"}]}""", ControlPlaneScope.Cluster, true, true)]
    public void KubeFedConfig_is_read_with_its_defaults_A50(string spec, ControlPlaneScope scope, bool adopts, bool raw)
    {
        var config = ControlPlaneConfigReader.Read(KubeObject.Parse($$"""{"metadata":{"name":"kubefed"},"spec":{{spec}}}"""));

        Assert.Equal((scope, adopts, raw), (config.Scope, config.AdoptResources, config.RawStatusCollection));
    }
}
