using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

public sealed class ContentsTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly ApiResource Leases = KnownResources.Leases;

    [Fact]
    public async Task A_namespace_comes_first_and_then_what_somebody_put_there_P124()
    {
        using var fleet = Fleet();

        var items = await Read(fleet, new ContentsRequest { Namespace = "team" });

        Assert.Equal(
            [
                "Namespace team: FederatedNamespace team/team",
                "ConfigMap app: FederatedConfigMap team/app",
                "ConfigMap federated: it is federated already",
                "ConfigMap kube-root-ca.crt: every namespace has one, with the authorities of its own cluster",
                "Deployment web: FederatedDeployment team/web",
                "Pod alone: FederatedPod team/alone",
                "Pod web-1: ReplicaSet web controls it",
                "Secret token: it is a service account's token",
                "ServiceAccount default: every namespace has one",
            ],
            items.Select(item => $"{item.Source.Kind} {item.Source.Name}: "
                + (item.Skipped ?? $"{item.Resource!.Type.Federated.Kind} {item.Resource.Key}")));
        Assert.Equal(
            ["ConfigMap app", "ConfigMap federated", "ConfigMap kube-root-ca.crt"],
            items.Where(item => item.TypeEnabled).Select(item => $"{item.Source.Kind} {item.Source.Name}"));
        Assert.Empty(fleet.Host.Writes);
    }

    [Theory]
    [InlineData("Pod", "pods")]
    [InlineData("deploy", "deployments")]
    [InlineData("configmaps", "configmaps")]
    [InlineData("deployments.apps", "deployments")]
    [InlineData("APPS", "deployments")]
    public async Task Types_are_skipped_by_any_of_their_names_K57(string skip, string plural)
    {
        using var fleet = Fleet();

        var items = await Read(fleet, new ContentsRequest { Namespace = "team", SkipTypes = [skip] });

        Assert.DoesNotContain(items, item => TypeNames.Pluralise(item.Source.Kind) == plural);
        Assert.NotEmpty(items);
    }

    [Fact]
    public async Task A_type_that_cannot_be_listed_or_a_name_that_cannot_be_kept_does_not_end_the_rest_K59_K60()
    {
        using var fleet = Fleet();
        fleet.Host.Put(KnownResources.ConfigMaps, new ObjectKey("team", "Bad_Name"));
        fleet.Host.Fault = request => request.StartsWith("list pods", StringComparison.Ordinal) ? FakeCluster.Refuse("list", 403, "Forbidden", "not for you") : null;

        var items = await Read(fleet, new ContentsRequest { Namespace = "team" });

        Assert.Contains("cannot be listed", Assert.Single(items, item => item.Source.Kind == "Pod").Skipped, StringComparison.Ordinal);
        var unfit = Assert.Single(items, item => item.Source.Name == "Bad_Name");
        Assert.Equal(("InvalidName", (string?)null), (unfit.Fault!.Id, unfit.Skipped));
        Assert.Contains(items, item => item.Resource?.Key.Name == "web");
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_said_not_to_be()
    {
        using var fleet = Fleet();

        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<FederationException>(() => Read(fleet, new ContentsRequest { Namespace = "gone" }))).Id);
    }

    [Fact]
    public async Task Manifests_take_their_type_from_the_enabled_ones_from_discovery_or_from_a_guess_K62_K63_P126()
    {
        using var fleet = Fleet();
        var manifests = new[]
        {
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"ns"},"data":{"k":"v"}}""",
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"b","namespace":"ns"},"spec":{"replicas":1}}""",
            """{"apiVersion":"example.io/v1","kind":"Policy","metadata":{"name":"c"},"spec":{}}""",
        }.Select(KubeObject.Parse).ToList();

        var converted = await fleet.Federation.Resources.FromManifestsAsync(new ManifestRequest { Manifests = manifests }, None).ToListAsync(None);

        Assert.Equal([(true, false), (false, false), (false, true)], converted.Select(item => (item.TypeEnabled, item.Guessed)));
        Assert.Equal("federatedpolicies", converted[2].Resource!.Type.Federated.Plural);
        Assert.Null(converted[2].Resource!.Key.Namespace);
        Assert.Equal("""{"spec":{"replicas":1}}""", converted[1].Resource!.Template!.ToJsonString());
    }

    [Fact]
    public async Task Manifests_are_converted_without_a_host_K63()
    {
        using var fleet = Fleet();
        var asked = 0;
        fleet.Host.Fault = _ =>
        {
            asked++;
            return new KubeConnectionException("hub", ConnectionFailure.Unreachable, "connection refused");
        };
        var manifest = KubeObject.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"b","namespace":"ns"},"spec":{}}""");

        var request = new ManifestRequest { Manifests = [manifest, manifest, manifest] };
        var converted = await fleet.Federation.Resources.FromManifestsAsync(request, None).ToListAsync(None);

        Assert.All(converted, item => Assert.Equal("federateddeployments", item.Resource!.Type.Federated.Plural));
        Assert.Equal(2, asked);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","metadata":{"name":"x"}}""", "InvalidManifest", "kind")]
    [InlineData("""{"kind":"ConfigMap","metadata":{"name":"x"}}""", "InvalidManifest", "apiVersion")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap"}""", "InvalidManifest", "metadata.name")]
    [InlineData("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"generateName":"once-"}}""", "InvalidManifest", "generateName \"once-\"")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}""", "NamespaceRequired", "metadata.namespace")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Bad_Name","namespace":"ns"}}""", "InvalidName", "metadata.name")]
    public async Task A_manifest_that_cannot_be_federated_says_why_and_does_not_end_the_rest(string json, string id, string field)
    {
        using var fleet = Fleet();
        var good = KubeObject.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"good","namespace":"ns"}}""");

        var converted = await fleet.Federation.Resources
            .FromManifestsAsync(new ManifestRequest { Manifests = [KubeObject.Parse(json), good] }, None).ToListAsync(None);

        Assert.Equal(id, converted[0].Error!.Id);
        Assert.Contains(field, converted[0].Error!.Message, StringComparison.Ordinal);
        Assert.Null(converted[0].Resource);
        Assert.Equal("good", converted[1].Resource!.Key.Name);
    }

    [Fact]
    public async Task Manifests_lie_in_the_namespace_that_is_given_for_all_in_their_own_or_in_the_default_and_cluster_scoped_ones_in_none()
    {
        using var fleet = Fleet();
        var manifests = new[]
        {
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"own","namespace":"ns"}}""",
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"without"}}""",
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}""",
        }.Select(KubeObject.Parse).ToList();

        Assert.Equal("ns/own default/without team/team", await Keys(new ManifestRequest { Manifests = manifests, DefaultNamespace = "default" }));
        Assert.Equal("all/own all/without team/team", await Keys(new ManifestRequest { Manifests = manifests, Namespace = "all", DefaultNamespace = "default" }));

        async Task<string> Keys(ManifestRequest request) => string.Join(
            ' ', (await fleet.Federation.Resources.FromManifestsAsync(request, None).ToListAsync(None)).Select(item => item.Resource!.Key.ToString()));
    }

    [Fact]
    public async Task P_124_A_batch_makes_sure_of_its_types_first_and_one_that_fails_does_not_end_the_rest()
    {
        using var fleet = Fleet();
        var contents = await Read(fleet, new ContentsRequest { Namespace = "team", SkipTypes = ["pods"] });
        var batch = new ResourceBatch(fleet.Federation, [.. contents.Select(item => item.Resource).OfType<FederatedResource>()]);

        var refused = await Assert.ThrowsAsync<FederationException>(() => batch.EnableTypesAsync(allowed: false, dryRun: false, NullSink.Instance, None));
        Assert.Equal("TypeNotEnabled", refused.Id);
        Assert.Equal("Not federated on hub: namespaces, deployments.apps.", refused.Message);
        await batch.EnableTypesAsync(allowed: true, dryRun: true, NullSink.Instance, None);
        Assert.Empty(fleet.Host.Writes);

        await batch.EnableTypesAsync(allowed: true, dryRun: false, NullSink.Instance, None);
        fleet.Host.Fault = request => request == "create federatedconfigmaps team/app" ? FakeCluster.Refuse("create", 422, "Invalid", "no") : null;
        var items = await batch.CreateAsync(dryRun: false, None).ToListAsync(None);

        Assert.Equal(
            ["FederatedNamespace team/team: stored", "FederatedConfigMap team/app: FederateFailed", "FederatedDeployment team/web: stored"],
            items.Select(item => $"{item.Draft.Type.Federated.Kind} {item.Draft.Key}: {item.Error?.Id ?? "stored"}"));
    }

    [Fact]
    public void A_directive_file_is_an_enable_request()
    {
        var request = EnableRequest.FromDirective(KubeObject.Parse(
            """{"metadata":{"name":"deployments.apps"},"spec":{"targetVersion":"v1","federatedGroup":"g.io","federatedVersion":"v2"}}"""));
        Assert.Equal(new EnableRequest { Name = "deployments.apps", TargetVersion = "v1", FederatedGroup = "g.io", FederatedVersion = "v2" }, request);

        Assert.Equal(new EnableRequest { Name = "x" }, EnableRequest.FromDirective(KubeObject.Parse("""{"metadata":{"name":"x"}}""")));
        Assert.Null(EnableRequest.FromDirective(KubeObject.Parse("""{"metadata":{"name":"x"},"spec":{"federatedGroup":""}}""")).FederatedGroup);
        Assert.Equal("InvalidDirective", Assert.Throws<FederationException>(() => EnableRequest.FromDirective(KubeObject.Parse("{}"))).Id);
    }

    private static FakeFleet Fleet()
    {
        var fleet = new FakeFleet().Installed();
        var type = DraftTests.Type(KnownResources.ConfigMaps);
        fleet.Host.Served.AddRange([
            KnownResources.ConfigMaps, KnownResources.Secrets, KnownResources.ServiceAccounts, KnownResources.Pods, KnownResources.Events, KnownResources.Namespaces,
            KnownResources.Deployments with { ShortNames = ["deploy"] }, Leases, type.Federated, KnownResources.Deployments with { Group = "extensions" },
        ]);
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), type.Source.Json.ToJsonString());
        fleet.Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("team"));
        fleet.Host.Put(type.Federated, new ObjectKey("team", "federated"), """{"spec":{}}""");
        Put(KnownResources.ConfigMaps, "app");
        Put(KnownResources.ConfigMaps, "federated");
        Put(KnownResources.ConfigMaps, "kube-root-ca.crt");
        Put(KnownResources.ServiceAccounts, "default");
        Put(KnownResources.Secrets, "token", """{"type":"kubernetes.io/service-account-token"}""");
        Put(KnownResources.Deployments, "web");
        Put(KnownResources.Pods, "alone");
        Put(KnownResources.Pods, "web-1", """{"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"web","controller":true}]}}""");
        Put(KnownResources.Events, "event");
        Put(Leases, "lease");
        fleet.Host.Requests.Clear();
        return fleet;

        void Put(ApiResource resource, string name, string? json = null) => fleet.Host.Put(resource, new ObjectKey("team", name), json);
    }

    private static async Task<List<ContentItem>> Read(FakeFleet fleet, ContentsRequest request) =>
        await fleet.Federation.Resources.FromNamespaceAsync(request, None).ToListAsync(None);
}
