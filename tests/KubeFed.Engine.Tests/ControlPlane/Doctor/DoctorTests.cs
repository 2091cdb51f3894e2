using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.ControlPlane.Doctor;

public sealed class DoctorTests
{
    private const string System = KubeFedNames.DefaultSystemNamespace;
    private const string Managed = "federatedconfigmaps.types.kubefed.io";

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly ApiResource FederatedConfigMaps = TypeNames.Federated(KnownResources.ConfigMaps, "types.kubefed.io", "v1beta1");
    private static readonly ApiResource FederatedNamespaces = TypeNames.Federated(KnownResources.Namespaces, "types.kubefed.io", "v1beta1");
    private static readonly ApiResource Webhooks = new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);

    [Fact]
    public async Task A_sound_federation_has_no_warning_and_no_error_and_nothing_is_written()
    {
        using var fleet = await Sound();

        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: true, NullSink.Instance, None);

        Assert.Equal(["AdoptionOn", "BroadRole"], findings.Select(finding => finding.Id).Order(StringComparer.Ordinal));
        Assert.All(findings, finding => Assert.Equal(FindingSeverity.Information, finding.Severity));
        var adoption = findings.Single(finding => finding.Id == "AdoptionOn");
        Assert.Contains("Set-KubeFedConfig -AdoptResources $false", adoption.Remedy, StringComparison.Ordinal);
        Assert.Contains("kubefed.io/adoption-policy", adoption.Remedy, StringComparison.Ordinal);
        Assert.Empty(fleet.Host.Writes);
        Assert.Empty(fleet["east"].Writes);
    }

    public static TheoryData<string, FindingSeverity, string, Action<FakeFleet>> Illnesses() => new()
    {
        { "ControlPlaneMissing", FindingSeverity.Error, "Install-KubeFed", f => f.Host.Remove(CoreResources.KubeFedConfigs, "kubefed", System) },
        { "SystemNamespaceDeleting", FindingSeverity.Error, System, f => Change(f, KnownResources.Namespaces, ObjectKey.ClusterScoped(System), Deleting) },
        { "DefinitionMissing", FindingSeverity.Error, "propagatedversions", f => f.Host.Remove(KnownResources.CustomResourceDefinitions, "propagatedversions.core.kubefed.io") },
        { "DefinitionNotEstablished", FindingSeverity.Error, "kubefedclusters", f =>
            {
                f.Host.Establishes = false;
                Change(f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("kubefedclusters.core.kubefed.io"), """{"metadata":{"labels":{"a":"b"}}}""");
            } },
        { "ConfigInvalid", FindingSeverity.Warning, "spec.clusterHealthCheck.period", f => Config(f, """{"spec":{"clusterHealthCheck":{"period":"0s"}}}""") },
        { "PropagationGateOff", FindingSeverity.Warning, "PushReconciler", f => Config(f, """{"spec":{"featureGates":[{"name":"PushReconciler","configuration":"Disabled"}]}}""") },
        { "WebhookStranded", FindingSeverity.Error, "kubefed-admission-webhook", f => f.Host.Put(Webhooks, ObjectKey.ClusterScoped("validations.core.kubefed.io"), """
            {"webhooks":[{"name":"kubefedclusters.core.kubefed.io","clientConfig":{"service":{"namespace":"kube-federation-system","name":"kubefed-admission-webhook"}}}]}
            """) },
        { "ControllerRunning", FindingSeverity.Warning, "to 0", f => f.Host.Put(
            KnownResources.Deployments, FakeFleet.System("kubefed-controller-manager"), """{"spec":{"replicas":2}}""") },
        { "SecretUnused", FindingSeverity.Warning, "east-old", f => f.Host.Put(KnownResources.Secrets, FakeFleet.System("east-old"), """{"data":{"token":"YQ=="}}""") },
        { "ClusterInvalid", FindingSeverity.Error, "spec.disabledTLSValidations", f => Cluster(f, """{"spec":{"disabledTLSValidations":["Everything"]}}""") },
        { "ClusterDeleting", FindingSeverity.Warning, "Remove-KubeFedCluster", f => Cluster(f, Deleting) },
        { "ClusterWithoutRecord", FindingSeverity.Information, "another tool", f => Cluster(f, """{"metadata":{"annotations":{"kubefed.io/join-record":null}}}""") },
        { "SecretMissing", FindingSeverity.Error, "nowhere", f => Cluster(f, """{"spec":{"secretRef":{"name":"nowhere"}}}""") },
        { "TokenMissing", FindingSeverity.Error, "no usable token", f => Token(f, string.Empty) },
        { "TokenExpired", FindingSeverity.Error, "2020", f => Token(f, Jwt("""{"exp":1577836800}""")) },
        { "TokenExpiresSoon", FindingSeverity.Warning, "2024-06-0", f => Token(f, Jwt("""{"exp":1717600000}""")) },
        { "ClusterUnreachable", FindingSeverity.Error, "refused", f => f["east"].Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "refused") },
        { "ClusterNotReady", FindingSeverity.Error, "etcd", f => f["east"].Texts["/readyz"] = "etcd" },
        { "TypeNotServed", FindingSeverity.Warning, "configmaps/v1", f => f["east"].Served.Remove(KnownResources.ConfigMaps) },
        { "TlsUnverified", FindingSeverity.Warning, "not verified", f => Cluster(f, """{"spec":{"disabledTLSValidations":["*"]}}""") },
        { "TlsUnverifiedByKubeFed", FindingSeverity.Warning, "no CA", f => Cluster(f, """{"spec":{"disabledTLSValidations":["SubjectName"],"caBundle":null}}""") },
        { "PlainHttp", FindingSeverity.Warning, "clear text", f => Cluster(f, """{"spec":{"apiEndpoint":"http://east.example:6443"}}""") },
        { "LoopbackEndpoint", FindingSeverity.Warning, "127.0.0.1", f =>
            {
                f.Alias("127.0.0.1", "east");
                Cluster(f, """{"spec":{"apiEndpoint":"https://127.0.0.1:6443"}}""");
            } },
        { "ClusterTwice", FindingSeverity.Error, "east, west", f => f.Host.Put(
            CoreResources.KubeFedClusters, FakeFleet.System("west"), """{"spec":{"apiEndpoint":"https://east.example:6443/","secretRef":{"name":"x"}}}""") },
        { "VersionSkew", FindingSeverity.Information, "1.20", f =>
            {
                f.Registered("old");
                Change(f, CoreResources.KubeFedClusters, FakeFleet.System("old"), """{"status":{"kubernetesVersion":"v1.20.2"}}""");
            } },
        { "TypeConfigInvalid", FindingSeverity.Warning, "propagation", f => Type(f, """{"spec":{"propagation":"Maybe"}}""") },
        { "TypeDeleting", FindingSeverity.Warning, "core.kubefed.io/federated-type-config", f => Type(
            f, """{"metadata":{"deletionTimestamp":"2024-05-01T10:00:00Z","finalizers":["core.kubefed.io/federated-type-config"]}}""") },
        { "FederatedDefinitionMissing", FindingSeverity.Error, Managed, f => f.Host.Remove(KnownResources.CustomResourceDefinitions, Managed) },
        { "FederatedVersionMissing", FindingSeverity.Error, "v9", f => Type(f, """{"spec":{"federatedType":{"version":"v9"}}}""") },
        { "TemplatePruned", FindingSeverity.Error, "spec.template", f => Change(
            f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(Managed), """{"spec":{"versions":[{"name":"v1beta1","schema":{}}]}}""") },
        { "StatusWithoutMessages", FindingSeverity.Warning, "KubeFed's", f => Change(f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(Managed),
            """{"spec":{"versions":[{"name":"v1beta1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"template":{}}}}}}}]}}""") },
        { "StatusWithoutSummary", FindingSeverity.Information, "health", f => Change(f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(Managed), """
            {"spec":{"versions":[{"name":"v1beta1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"template":{}}},
             "status":{"properties":{"clusters":{"items":{"properties":{"message":{}}}}}}}}}}]}}
            """) },
        { "OverridesByNameOnly", FindingSeverity.Information, "clusterSelector", f => Change(f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(Managed),
            """{"spec":{"versions":[{"name":"v1beta1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"template":{}}}}}}}]}}""") },
        { "UnknownFieldsDropped", FindingSeverity.Warning, "Enable-KubeFedType configmaps", f => Change(
            f, KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(Managed),
            """{"spec":{"versions":[{"name":"v1beta1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"template":{}}}}}}}]}}""") },
        { "TypesEquivalent", FindingSeverity.Error, "deployments.extensions", f =>
            {
                PutType(f, KnownResources.Deployments);
                PutType(f, KnownResources.Deployments with { Group = "extensions", Version = "v1beta1" });
            } },
        { "DefinitionShared", FindingSeverity.Error, "configmaps.example.io", f => PutType(f, KnownResources.ConfigMaps with { Group = "example.io" }) },
        { "NamespacesNotEnabled", FindingSeverity.Error, "Enable-KubeFedType namespaces", f => f.Host.Remove(CoreResources.FederatedTypeConfigs, "namespaces", System) },
        { "ResourcesStranded", FindingSeverity.Warning, "1 federated resources", f =>
            {
                Type(f, """{"spec":{"propagation":"Disabled"}}""");
                Resource(f, """{"metadata":{"finalizers":["kubefed.io/sync-controller"]},"spec":{}}""");
            } },
        { "ResourceInvalid", FindingSeverity.Error, "spec.overrides[0].clusterName", f => Resource(f, """{"spec":{"overrides":[{}]}}""") },
        { "ResourceInvalid", FindingSeverity.Error, "did you mean clusters?", f => Resource(f, """{"spec":{"placement":{"cluster":[{"name":"east"}]}}}""") },
        { "UnknownField", FindingSeverity.Warning, "spec.team", f => Resource(
            f, """{"spec":{"template":{},"placement":{"clusters":[{"name":"east"}]},"team":"payments"}}""") },
        { "ClusterUnknown", FindingSeverity.Warning, "pluto", f => Resource(f, """{"spec":{"overrides":[{"clusterName":"pluto"}]}}""") },
        { "OverrideSelectsNobody", FindingSeverity.Warning, "region=eu", f => Resource(
            f, """{"spec":{"overrides":[{"clusterSelector":{"matchLabels":{"region":"eu"}}}]}}""") },
        { "OverrideLabelMissing", FindingSeverity.Error, "cluster 'east' has no label 'region'", f => Resource(f, """
            {"spec":{"placement":{"clusters":[{"name":"east"}]},
             "overrides":[{"clusterSelector":{},"clusterOverrides":[{"path":"/data/a","valueTemplate":"${cluster.labels.region}"}]}]}}
            """) },
        { "ClusterUnknown", FindingSeverity.Warning, "mars", f => Resource(f, """{"spec":{"placement":{"clusters":[{"name":"east"},{"name":"mars"}]}}}""") },
        { "NamespaceNotFederated", FindingSeverity.Error, "other/other", f => f.Host.Put(FederatedConfigMaps, new ObjectKey("other", "cm"), """{"spec":{}}""") },
        { "ResourceDeleting", FindingSeverity.Information, "ns/cm", f => Resource(f, """{"metadata":{"deletionTimestamp":"2024-05-01T10:00:00Z","finalizers":["f"]},"spec":{}}""") },
        { "PropagationFailing", FindingSeverity.Warning, "east (UpdateFailed)", f => Resource(f, """
            {"spec":{},"status":{"conditions":[{"type":"Propagation","status":"False","reason":"CheckClusters"}],"clusters":[{"name":"east","status":"UpdateFailed"},{"name":"ok"}]}}
            """) },
        { "CopiesDegraded", FindingSeverity.Warning, "east (quota exceeded)", f => Resource(f, """
            {"spec":{},"status":{"conditions":[{"type":"Propagation","status":"True"}],
             "clusters":[{"name":"east","health":"Degraded","healthMessage":"quota exceeded"},{"name":"ok","health":"Progressing"}]}}
            """) },
        { "TypeServedOtherwise", FindingSeverity.Information, "It serves runners.example.io/v1beta1 and not runners.example.io/v1", f =>
            {
                var runners = new ApiResource("example.io", "v1", "Runner", "runners", Namespaced: true);
                PutType(f, runners);
                f["east"].Served.Add(runners with { Version = "v1beta1" });
            } },
        { "OwnedByOtherFederation", FindingSeverity.Warning, "into east; the", f =>
            Resource(f, """{"spec":{},"status":{"clusters":[{"name":"east","status":"OwnedByOtherFederation"},{"name":"ok"}]}}""") },
        { "PreferenceWithoutTarget", FindingSeverity.Warning, "FederatedDeployment", f => f.Host.Put(
            CoreResources.ReplicaSchedulingPreferences, new ObjectKey("ns", "web"), """{"spec":{"targetKind":"FederatedDeployment"}}""") },
        { "NotReadable", FindingSeverity.Warning, "services", f => f.Host.Fault = r =>
            r.StartsWith("list services", StringComparison.Ordinal) ? FakeCluster.Refuse("list", 403, "Forbidden", "services is forbidden") : null },
    };

    [Theory]
    [MemberData(nameof(Illnesses))]
    public async Task Every_illness_is_found_by_name_with_a_remedy(string id, FindingSeverity severity, string mentioned, Action<FakeFleet> infect)
    {
        using var fleet = await Sound();
        infect(fleet);

        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: true, NullSink.Instance, None);

        var found = findings.First(finding => finding.Id == id);
        Assert.Equal(severity, found.Severity);
        Assert.Contains(mentioned, found.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(found.Remedy);
        Assert.Equal(findings.OrderByDescending(finding => finding.Severity).Select(finding => finding.Severity), findings.Select(finding => finding.Severity));
    }

    [Fact]
    public async Task Members_are_left_alone_on_request()
    {
        using var fleet = await Sound();
        fleet["east"].Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "refused");

        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: false, NullSink.Instance, None);

        Assert.DoesNotContain(findings, finding => finding.Id == "ClusterUnreachable");
        Assert.Empty(fleet["east"].Requests);
    }

    private const string Deleting = """{"metadata":{"deletionTimestamp":"2024-05-01T10:00:00Z","finalizers":["f"]}}""";

    private static async Task<FakeFleet> Sound()
    {
        var fleet = new FakeFleet(time: LeapingTime.ForProbes());
        var east = fleet.Add("east");
        east.Settings = east.Settings with { CertificateAuthority = "-----BEGIN CERTIFICATE-----" };
        KnownServed(fleet.Host);
        KnownServed(east);
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = east.Settings }, NullSink.Instance, None);
        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        fleet.Host.Put(FederatedNamespaces, new ObjectKey("ns", "ns"), """{"spec":{"placement":{"clusters":[{"name":"east"}]}}}""");
        fleet.Host.Put(FederatedConfigMaps, new ObjectKey("ns", "cm"), """{"spec":{"placement":{"clusters":[{"name":"east"}]}}}""");
        fleet.Host.Requests.Clear();
        east.Requests.Clear();
        return fleet;
    }

    private static void KnownServed(FakeCluster cluster) => cluster.Served.AddRange([KnownResources.ConfigMaps, KnownResources.Namespaces]);

    private static string Jwt(string claims) => $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=')}.x";

    private static void Token(FakeFleet fleet, string token)
    {
        var secret = fleet.Host.Peek(CoreResources.KubeFedClusters, "east", System)!.Spec!["secretRef"]!["name"]!.GetValue<string>();
        Change(fleet, KnownResources.Secrets, FakeFleet.System(secret), $$"""{"data":{"token":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(token))}}"} }""");
    }

    private static void Config(FakeFleet fleet, string patch) => Change(fleet, CoreResources.KubeFedConfigs, FakeFleet.System("kubefed"), patch);

    private static void Cluster(FakeFleet fleet, string patch) => Change(fleet, CoreResources.KubeFedClusters, FakeFleet.System("east"), patch);

    private static void Type(FakeFleet fleet, string patch) => Change(fleet, CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), patch);

    private static void PutType(FakeFleet fleet, ApiResource target) =>
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System(target.QualifiedName), Federate.DraftTests.Type(target).Source.Json.ToJsonString());

    private static void Resource(FakeFleet fleet, string json) => fleet.Host.Put(FederatedConfigMaps, new ObjectKey("ns", "cm"), json);

    private static void Change(FakeFleet fleet, ApiResource resource, ObjectKey key, string patch)
    {
        var stored = fleet.Host.Peek(resource, key.Name, key.Namespace)!;
        fleet.Host.Put(resource, key, Kubernetes.Json.MergePatch.Apply(stored.Json, global::System.Text.Json.Nodes.JsonNode.Parse(patch))!.ToJsonString());
    }
}
