using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

public sealed class FromTargetTests
{
    private static readonly ApiResource Claims = new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true);

    public static TheoryData<string, ApiResource, string, string> Conversions() => new()
    {
        // cli.md section 6, conversion examples; annotations stay (P-125).
        { "ConfigMap K-53", KnownResources.ConfigMaps,
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"ns","uid":"u","resourceVersion":"5","generateName":"x-","managedFields":[{}],
             "ownerReferences":[{}],"finalizers":["f"],"labels":{"a":"b","kubefed.io/managed":"true"},
             "annotations":{"mine":"1","kubectl.kubernetes.io/last-applied-configuration":"{}"}},"data":{"k":"v"}}
            """,
            """{"metadata":{"labels":{"a":"b"},"annotations":{"mine":"1"}},"data":{"k":"v"}}""" },
        { "Namespace K-54", KnownResources.Namespaces,
            """
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","labels":{"kubernetes.io/metadata.name":"x","team":"t"}},
             "spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}
            """,
            """{"metadata":{"labels":{"team":"t"}},"spec":{}}""" },
        { "Service K-54", KnownResources.Services,
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"x","namespace":"ns"},"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],
             "healthCheckNodePort":30000,"ports":[{"port":80,"nodePort":30080},{"port":81,"nodePort":30081}],"selector":{"a":"b"}},"status":{"loadBalancer":{}}}
            """,
            """{"spec":{"type":"LoadBalancer","ports":[{"port":80},{"port":81}],"selector":{"a":"b"}}}""" },
        { "headless Service P-125", KnownResources.Services,
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"x","namespace":"ns"},"spec":{"clusterIP":"None","clusterIPs":["None"],"ports":[{"port":80}]}}""",
            """{"spec":{"clusterIP":"None","clusterIPs":["None"],"ports":[{"port":80}]}}""" },
        { "ServiceAccount K-54", KnownResources.ServiceAccounts,
            """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"x","namespace":"ns"},"secrets":[{"name":"x-token"}],"imagePullSecrets":[{"name":"pull"}]}""",
            """{"imagePullSecrets":[{"name":"pull"}]}""" },
        { "ClusterRole", KnownResources.ClusterRoles,
            """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"x"},"rules":[{"verbs":["get"]}]}""",
            """{"rules":[{"verbs":["get"]}]}""" },
        { "aggregated ClusterRole", KnownResources.ClusterRoles,
            """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"x"},"aggregationRule":{"clusterRoleSelectors":[]},"rules":[{}]}""",
            """{"aggregationRule":{"clusterRoleSelectors":[]}}""" },
        { "Deployment", KnownResources.Deployments,
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x","namespace":"ns","annotations":{"deployment.kubernetes.io/revision":"3"}},
             "spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}}},"status":{"replicas":3}}
            """,
            """{"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}}}}""" },
        { "Job P-125", KnownResources.Jobs,
            """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"x","namespace":"ns","labels":{"controller-uid":"u","job-name":"x","mine":"1"}},
             "spec":{"selector":{"matchLabels":{"controller-uid":"u"}},
             "template":{"metadata":{"creationTimestamp":null,"labels":{"controller-uid":"u","batch.kubernetes.io/job-name":"x","app":"a"}},"spec":{"restartPolicy":"Never"}}}}
            """,
            """{"metadata":{"labels":{"mine":"1"}},"spec":{"template":{"metadata":{"labels":{"app":"a"}},"spec":{"restartPolicy":"Never"}}}}""" },
        { "Job with a selector of its own", KnownResources.Jobs,
            """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"x","namespace":"ns"},
             "spec":{"manualSelector":true,"selector":{"matchLabels":{"controller-uid":"u"}},"template":{"metadata":{"labels":{"controller-uid":"u"}}}}}
            """,
            """{"spec":{"manualSelector":true,"selector":{"matchLabels":{"controller-uid":"u"}},"template":{"metadata":{"labels":{"controller-uid":"u"}}}}}""" },
        { "PersistentVolumeClaim P-125", Claims,
            """
            {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"x","namespace":"ns","annotations":{"pv.kubernetes.io/bind-completed":"yes","mine":"1"}},
             "spec":{"volumeName":"pvc-1","accessModes":["ReadWriteOnce"]},"status":{}}
            """,
            """{"metadata":{"annotations":{"mine":"1"}},"spec":{"accessModes":["ReadWriteOnce"]}}""" },
        { "Secret", KnownResources.Secrets,
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":"ns"},"type":"Opaque","data":{"a":"Yg=="}}""",
            """{"type":"Opaque","data":{"a":"Yg=="}}""" },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public void A_live_object_loses_what_its_own_cluster_put_there(string name, ApiResource target, string input, string template)
    {
        var federated = Convert(target, input);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(template), federated.Template), $"{name}: {federated.Template!.ToJsonString()}");

        // K-55: same name, all clusters, no overrides, no labels of its own.
        Assert.Equal("x", federated.Key.Name);
        Assert.Equal(target.Kind == "Namespace" ? "x" : target.Namespaced ? "ns" : null, federated.Key.Namespace);
        Assert.Equal("""{"clusterSelector":{"matchLabels":{}}}""", federated.Object.Spec!["placement"]!.ToJsonString());
        Assert.Null(federated.Overrides);
        Assert.Empty(federated.Object.Labels);
    }

    [Fact]
    public void The_object_given_stays_as_it_was()
    {
        var target = KubeObject.Parse("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"x","namespace":"ns"},"secrets":[{"name":"x-token"}]}""");
        using var fleet = new FakeFleet();

        fleet.Federation.Resources.FromTarget(DraftTests.Type(KnownResources.ServiceAccounts), target, PlacementSpec.All);

        Assert.NotNull(target.Json["secrets"]);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":"ns"},"type":"kubernetes.io/service-account-token"}""", "TokenSecretNotFederable")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"ns"}}""", "KindMismatch")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"generateName":"x-","namespace":"ns"}}""", "InvalidName")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}""", "NamespaceRequired")]
    public void What_cannot_become_a_federated_Secret_is_refused_P125_K56(string input, string id) =>
        Assert.Equal(id, Assert.Throws<FederationException>(() => Convert(KnownResources.Secrets, input)).Id);

    private static Engine.Api.FederatedResource Convert(ApiResource target, string input)
    {
        using var fleet = new FakeFleet();
        return fleet.Federation.Resources.FromTarget(DraftTests.Type(target), KubeObject.Parse(input), PlacementSpec.All);
    }
}
