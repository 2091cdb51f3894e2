using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Api.Validation;

/// <summary>
/// The accept and reject tables of api.md sections 3 and 13, as data: for clusters; A-40 to A-46 (A-41 names, A-42 propagation,
/// A-43 domains, A-44 status collection; A-45 scopes are not compared) for type configs; sections, A-56, A-57 leases, A-58 lock, A-59 gates,
/// A-60 counts and A-61 for the configuration, whose name does not matter.
/// </summary>
public sealed class ValidationTests
{
    private const string Config = """
        {"metadata":{"name":"deployments.apps"},
         "spec":{"targetType":{"group":"apps","version":"v1","kind":"Deployment","pluralName":"deployments","scope":"Namespaced"},"propagation":"Enabled",
         "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedDeployment","pluralName":"federateddeployments","scope":"Namespaced"},
         "statusType":{"group":"types.kubefed.io","version":"v1beta1","kind":"FederatedDeploymentStatus","pluralName":"statuses","scope":"Namespaced"},
         "statusCollection":"Enabled"},
         "status":{"observedGeneration":1,"propagationController":"Running","statusController":"NotRunning"}}
        """;

    private const string Cluster = """
        {"metadata":{"name":"c"},"spec":{"apiEndpoint":"https://c:6443","secretRef":{"name":"s"}},
         "status":{"conditions":[{"type":"Ready","status":"True","lastProbeTime":"2024-05-01T10:00:00Z"}]}}
        """;

    [Theory]
    [InlineData("""{"scope":"Everywhere"}""", "spec.scope: Unsupported value: \"Everywhere\": supported values: \"Cluster\", \"Namespaced\"")]
    [InlineData("""{"scope":null}""", "spec.scope: Required value")]
    [InlineData("""{"controllerDuration":null}""", "spec.controllerDuration: Required value")]
    [InlineData("""{"controllerDuration":{"availableDelay":null}}""", "spec.controllerDuration.availableDelay: Required value")]
    [InlineData("""{"controllerDuration":{"availableDelay":"0s"}}""", "spec.controllerDuration.availableDelay: Invalid value: 0: should be greater than 0")]
    [InlineData("""{"controllerDuration":{"availableDelay":"-1s"}}""", "spec.controllerDuration.availableDelay: Invalid value: -1000000000: should be greater than 0")]
    [InlineData("""{"controllerDuration":{"availableDelay":"soon"}}""", "spec.controllerDuration.availableDelay: Invalid value: \"soon\": must be a duration")]
    [InlineData("""{"controllerDuration":{"unavailableDelay":null}}""", "spec.controllerDuration.unavailableDelay: Required value")]
    [InlineData("""{"controllerDuration":{"unavailableDelay":"0s"}}""", "spec.controllerDuration.unavailableDelay: Invalid value")]
    [InlineData("""{"controllerDuration":{"cacheSyncTimeout":null}}""", "spec.controllerDuration.cacheSyncTimeout: Required value")]
    [InlineData("""{"controllerDuration":{"cacheSyncTimeout":"0s"}}""", "spec.controllerDuration.cacheSyncTimeout: Invalid value")]
    [InlineData("""{"leaderElect":null}""", "spec.leaderElect: Required value")]
    [InlineData("""{"leaderElect":{"leaseDuration":null}}""", "spec.leaderElect.leaseDuration: Required value")]
    [InlineData("""{"leaderElect":{"leaseDuration":"0s"}}""", "spec.leaderElect.leaseDuration: Invalid value: 0: should be greater than 0")]
    [InlineData("""{"leaderElect":{"leaseDuration":"1ns","renewDeadline":"2ns","retryPeriod":"1ns"}}""",
        "spec.leaderElect.leaseDuration: Invalid value: 1: leaseDuration must be greater than renewDeadline")]
    [InlineData("""{"leaderElect":{"renewDeadline":null}}""", "spec.leaderElect.renewDeadline: Required value")]
    [InlineData("""{"leaderElect":{"renewDeadline":"0s"}}""", "spec.leaderElect.renewDeadline: Invalid value: 0: should be greater than 0")]
    [InlineData("""{"leaderElect":{"renewDeadline":"12ns","retryPeriod":"10ns"}}""",
        "spec.leaderElect.renewDeadline: Invalid value: 12: renewDeadline must be greater than retryPeriod*JitterFactor(1.2)")]
    [InlineData("""{"leaderElect":{"retryPeriod":null}}""", "spec.leaderElect.retryPeriod: Required value")]
    [InlineData("""{"leaderElect":{"retryPeriod":"0s"}}""", "spec.leaderElect.retryPeriod: Invalid value")]
    [InlineData("""{"leaderElect":{"resourceLock":null}}""", "spec.leaderElect.resourceLock: Required value")]
    [InlineData("""{"leaderElect":{"resourceLock":"leases"}}""", "spec.leaderElect.resourceLock: Unsupported value: \"leases\": supported values: \"configmaps\", \"endpoints\"")]
    [InlineData("""{"featureGates":null}""", "spec.featureGates: Required value")]
    [InlineData("""{"featureGates":[{"name":"Magic","configuration":"Enabled"}]}""", "spec.featureGates.name: Unsupported value: \"Magic\"")]
    [InlineData("""{"featureGates":[{"name":"PushReconciler","configuration":"Enabled"},{"name":"PushReconciler","configuration":"Enabled"}]}""",
        "spec.featureGates.name: Duplicate value: \"PushReconciler\"")]
    [InlineData("""{"featureGates":[{"name":"PushReconciler","configuration":"On"}]}""", "spec.featureGates.configuration: Unsupported value: \"On\"")]
    [InlineData("""{"clusterHealthCheck":null}""", "spec.clusterHealthCheck: Required value")]
    [InlineData("""{"clusterHealthCheck":{"period":null}}""", "spec.clusterHealthCheck.period: Required value")]
    [InlineData("""{"clusterHealthCheck":{"period":"0s"}}""", "spec.clusterHealthCheck.period: Invalid value")]
    [InlineData("""{"clusterHealthCheck":{"timeout":null}}""", "spec.clusterHealthCheck.timeout: Required value")]
    [InlineData("""{"clusterHealthCheck":{"timeout":"0s"}}""", "spec.clusterHealthCheck.timeout: Invalid value")]
    [InlineData("""{"clusterHealthCheck":{"failureThreshold":null}}""", "spec.clusterHealthCheck.failureThreshold: Required value")]
    [InlineData("""{"clusterHealthCheck":{"failureThreshold":0}}""", "spec.clusterHealthCheck.failureThreshold: Invalid value: 0: should be greater than 0")]
    [InlineData("""{"clusterHealthCheck":{"successThreshold":null}}""", "spec.clusterHealthCheck.successThreshold: Required value")]
    [InlineData("""{"clusterHealthCheck":{"successThreshold":0}}""", "spec.clusterHealthCheck.successThreshold: Invalid value")]
    [InlineData("""{"syncController":null}""", "spec.syncController: Required value")]
    [InlineData("""{"syncController":{"maxConcurrentReconciles":null}}""", "spec.syncController.maxConcurrentReconciles: Required value")]
    [InlineData("""{"syncController":{"maxConcurrentReconciles":0}}""", "spec.syncController.maxConcurrentReconciles: Invalid value")]
    [InlineData("""{"syncController":{"adoptResources":null}}""", "spec.syncController.adoptResources: Required value")]
    [InlineData("""{"syncController":{"adoptResources":"Yes"}}""", "spec.syncController.adoptResources: Unsupported value: \"Yes\"")]
    [InlineData("""{"statusController":null}""", "spec.statusController: Required value")]
    [InlineData("""{"statusController":{"maxConcurrentReconciles":null}}""", "spec.statusController.maxConcurrentReconciles: Required value")]
    [InlineData("""{"statusController":{"maxConcurrentReconciles":0}}""", "spec.statusController.maxConcurrentReconciles: Invalid value")]
    public void A_KubeFedConfig_is_refused_for_A54_to_A61(string change, string error)
    {
        var config = ControlPlaneManifests.Config("ns", ControlPlaneScope.Cluster, adoptResources: true);
        var changed = Changed(config, $$"""{"spec":{{change}}}""");

        Assert.Empty(KubeFedConfigValidation.Check(config, before: null));
        Assert.StartsWith(error, KubeFedConfigValidation.Check(changed, before: null)[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_scope_cannot_be_changed_A54()
    {
        var before = ControlPlaneManifests.Config("ns", ControlPlaneScope.Cluster, adoptResources: true);

        var error = Assert.Single(KubeFedConfigValidation.Check(Changed(before, """{"spec":{"scope":"Namespaced"}}"""), before));

        Assert.Equal("spec.scope: Invalid value: \"Namespaced\": field is immutable", error.ToString());
        Assert.Empty(KubeFedConfigValidation.Check(before, before));
    }

    [Fact]
    public void A_missing_adoptResources_is_the_only_error_of_its_section_A61() => Assert.Single(KubeFedConfigValidation.Check(
        Changed(ControlPlaneManifests.Config("ns", ControlPlaneScope.Cluster, true), """{"spec":{"syncController":{"adoptResources":null,"maxConcurrentReconciles":0}}}"""), null));

    [Fact]
    public void Several_errors_are_told_in_brackets_and_one_bare()
    {
        FieldError[] two = [FieldError.Required("a"), FieldError.Invalid("b", 0, "no")];

        Assert.Equal("[a: Required value, b: Invalid value: 0: no]", FieldError.Aggregate(two));
        Assert.Equal("a: Required value", FieldError.Aggregate(two[..1]));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"deployments"}}""", "name: Invalid value: \"deployments\": name must be 'TARGET_PLURAL_NAME(.TARGET_GROUP_NAME)'")]
    [InlineData("""{"metadata":{"name":"service"},"spec":{"targetType":{"group":null,"pluralName":"services"}}}""", "name must be 'TARGET_PLURAL_NAME(.TARGET_GROUP_NAME)'")]
    [InlineData("""{"spec":{"federatedType":{"group":""}}}""", "spec.federatedType.group: Required value")]
    [InlineData("""{"spec":{"statusType":{"group":""}}}""", "spec.statusType.group: Required value")]
    [InlineData("""{"spec":{"federatedType":{"group":"nodomain"}}}""", "spec.federatedType.group: Invalid value: \"nodomain\": should be a domain with at least one dot")]
    [InlineData("""{"spec":{"targetType":{"version":"Alpha"}}}""", "must consist of lower case alphanumeric characters")]
    [InlineData("""{"spec":{"statusType":{"pluralName":"2InvalidKind"}}}""", "start with an alphabetic character")]
    [InlineData("""{"spec":{"propagation":""}}""", "spec.propagation: Required value")]
    [InlineData("""{"spec":{"propagation":"On"}}""", "spec.propagation: Unsupported value: \"On\"")]
    [InlineData("""{"spec":{"statusCollection":"On"}}""", "spec.statusCollection: Unsupported value: \"On\"")]
    [InlineData("""{"spec":{"statusCollection":""}}""", "spec.statusCollection: Required value")]
    [InlineData("""{"spec":{"targetType":{"version":""}}}""", "spec.targetType.version: Required value")]
    [InlineData("""{"spec":{"targetType":{"kind":""}}}""", "spec.targetType.kind: Required value")]
    [InlineData("""{"spec":{"federatedType":{"pluralName":""}}}""", "spec.federatedType.pluralName: Required value")]
    [InlineData("""{"spec":{"statusType":{"scope":""}}}""", "spec.statusType.scope: Required value")]
    [InlineData("""{"metadata":{"name":"deployments.invalid#group"},"spec":{"targetType":{"group":"invalid#group"}}}""", "consist of lower case alphanumeric characters, '-' or '.'")]
    [InlineData("""{"spec":{"targetType":{"kind":"Invalid.Kind"}}}""", "spec.targetType.kind: Invalid value: \"Invalid.Kind\": a DNS-1035 label must consist of lower case alphanumeric characters or '-'")]
    [InlineData("""{"spec":{"targetType":{"scope":"Galaxy"}}}""", "spec.targetType.scope: Unsupported value: \"Galaxy\"")]
    public void A_FederatedTypeConfig_is_refused_for_A40_to_A44(string change, string error)
    {
        Assert.Empty(FederatedTypeConfigValidation.Check(KubeObject.Parse(Config)));
        Assert.Contains(error, FederatedTypeConfigValidation.Check(Changed(KubeObject.Parse(Config), change))[0].ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> RequiredFields() => new(
        from resource in new[] { "targetType", "federatedType", "statusType" }
        from field in new[] { "version", "kind", "pluralName", "scope" }
        from value in new[] { "\"\"", "null" }
        select (resource, field, value));

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void Every_field_of_every_type_a_config_names_is_required_A41(string resource, string field, string value)
    {
        var changed = Changed(KubeObject.Parse(Config), $$"""{"spec":{"{{resource}}":{"{{field}}":{{value}} } } }""");

        Assert.Contains($"spec.{resource}.{field}: Required value", FederatedTypeConfigValidation.Check(changed).Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("""{"status":{"observedGeneration":-1}}""", "status.observedGeneration: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("""{"status":{"propagationController":""}}""", "status.propagationController: Required value")]
    [InlineData("""{"status":{"propagationController":"Maybe"}}""", "status.propagationController: Unsupported value: \"Maybe\"")]
    [InlineData("""{"status":{"statusController":"Maybe"}}""", "status.statusController: Unsupported value: \"Maybe\": supported values: \"Running\", \"NotRunning\"")]
    public void A_FederatedTypeConfigs_status_is_refused_for_A46(string change, string error)
    {
        Assert.Empty(FederatedTypeConfigValidation.CheckStatus(KubeObject.Parse(Config)));
        Assert.Equal(error.Split(": supported")[0], FederatedTypeConfigValidation.CheckStatus(Changed(KubeObject.Parse(Config), change))[0].ToString().Split(": supported")[0]);
    }

    [Theory]
    [InlineData("""{"apiEndpoint":""}""", "spec.apiEndpoint: Required value")]
    [InlineData("""{"apiEndpoint":"https://"}""", "spec.apiEndpoint: Invalid value: \"https://\": host must be a URL or a host:port pair")]
    [InlineData("""{"apiEndpoint":"example.com/path/to/somewhere"}""", "host must be a URL or a host:port pair")]
    [InlineData("""{"apiEndpoint":"tcp://example.com"}""", "spec.apiEndpoint: Unsupported value: \"tcp\": supported values: \"http\", \"https\"")]
    [InlineData("""{"apiEndpoint":"example.com:port80"}""", "invalid port")]
    [InlineData("""{"apiEndpoint":"example.com:-80"}""", "invalid port")]
    [InlineData("""{"apiEndpoint":"example.com:0"}""", "spec.apiEndpoint: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("""{"apiEndpoint":"example.com:65536"}""", "spec.apiEndpoint: Invalid value: 65536: must be between 1 and 65535, inclusive")]
    [InlineData("""{"secretRef":{"name":""}}""", "spec.secretRef.name: Required value")]
    [InlineData("""{"secretRef":null}""", "spec.secretRef.name: Required value")]
    [InlineData("""{"secretRef":{"name":"invalid_secretname"}}""", "must consist of lower case alphanumeric characters, '-' or '.'")]
    [InlineData("""{"disabledTLSValidations":["Everything"]}""", "spec.disabledTLSValidations: Unsupported value: \"Everything\"")]
    [InlineData("""{"disabledTLSValidations":[""]}""", "spec.disabledTLSValidations: Required value")]
    [InlineData("""{"disabledTLSValidations":["*","SubjectName"]}""", "when * is specified, it is expected to be the only option in list")]
    [InlineData("""{"proxyURL":"socks6://example.com"}""", "proxy URL scheme must be one of: [http, https, socks5]")]
    [InlineData("""{"proxyURL":"example.com"}""", "proxy URL scheme must be one of: [http, https, socks5]")]
    [InlineData("""{"proxyURL":"chewbacca@example.com"}""", "proxy URL scheme must be one of: [http, https, socks5]")]
    [InlineData("""{"proxyURL":"http://exa mple"}""", "error parsing the proxy URL")]
    public void A_KubeFedCluster_is_refused_for_A10_to_A16(string change, string error) => Assert.Contains(
        error, Assert.Single(KubeFedClusterValidation.Check(Changed(KubeObject.Parse(Cluster), $$"""{"spec":{{change}}}"""))).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"disabledTLSValidations":["*"]}""")]
    [InlineData("""{"disabledTLSValidations":["SubjectName","ValidityPeriod"]}""")]
    [InlineData("""{"proxyURL":"socks5://example.com"}""")]
    [InlineData("""{"proxyURL":"https://example.com"}""")]
    [InlineData("""{"proxyURL":"http://example.com"}""")]
    [InlineData("""{"proxyURL":""}""")]
    public void A_sound_KubeFedCluster_is_accepted_A18(string change) =>
        Assert.Empty(KubeFedClusterValidation.Check(Changed(KubeObject.Parse(Cluster), $$"""{"spec":{{change}}}""")));

    [Theory]
    [MemberData(nameof(ApiEndpointTests.Accepted), MemberType = typeof(ApiEndpointTests))]
    public void Every_sound_endpoint_is_accepted_A11(string endpoint)
    {
        var cluster = KubeObject.Parse(Cluster);
        cluster.Spec!["apiEndpoint"] = endpoint;

        Assert.Empty(KubeFedClusterValidation.Check(cluster));
    }

    [Theory]
    [InlineData("""{"type":"","status":"True","lastProbeTime":"2024-05-01T10:00:00Z"}""", "status.conditions[0].type: Required value")]
    [InlineData("""{"type":"Ready","status":"","lastProbeTime":"2024-05-01T10:00:00Z"}""", "status.conditions[0].status: Required value")]
    [InlineData("""{"type":"Ready","status":"True"}""", "status.conditions[0].lastProbeTime: Required value")]
    [InlineData("""{"type":"Ready","status":"True","lastProbeTime":null}""", "status.conditions[0].lastProbeTime: Required value")]
    [InlineData("""{"type":"Happy","status":"True","lastProbeTime":"2024-05-01T10:00:00Z"}""", "status.conditions[0].type: Unsupported value: \"Happy\"")]
    [InlineData("""{"type":"Ready","status":"Perhaps","lastProbeTime":"2024-05-01T10:00:00Z"}""", "status.conditions[0].status: Unsupported value: \"Perhaps\"")]
    public void A_condition_is_refused_for_A20(string condition, string error)
    {
        var cluster = KubeObject.Parse(Cluster);
        Assert.Empty(KubeFedClusterValidation.CheckStatus(cluster));

        cluster.Status!["conditions"] = new JsonArray(JsonNode.Parse(condition));

        Assert.StartsWith(error, Assert.Single(KubeFedClusterValidation.CheckStatus(cluster)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20s", 20_000_000_000)]
    [InlineData("1m0s", 60_000_000_000)]
    [InlineData("1.5h", 5_400_000_000_000)]
    [InlineData("500ms", 500_000_000)]
    [InlineData("1us", 1_000)]
    [InlineData("1µs", 1_000)]
    [InlineData("0", 0)]
    [InlineData("-1.5s", -1_500_000_000)]
    [InlineData(".5s", 500_000_000)]
    public void Durations_are_read_as_Go_writes_them(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out long parsed));
        Assert.Equal(nanoseconds, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("1s ")]
    [InlineData("9999999h")]
    [InlineData(null)]
    public void What_is_no_duration_is_refused(string? text) => Assert.False(GoDuration.TryParse(text, out long _));

    private static KubeObject Changed(KubeObject value, string patch) => new((JsonObject)MergePatch.Apply(value.Json, JsonNode.Parse(patch))!);
}
