using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

public sealed class ResourceTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly FederatedType ConfigMaps = DraftTests.Type(KnownResources.ConfigMaps);
    private static readonly ObjectKey Key = new("ns", "cm");

    [Fact]
    public async Task Creating_stores_the_draft_once_K52()
    {
        using var fleet = Fleet();
        var draft = Draft(fleet);

        var created = await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, None);

        Assert.NotEmpty(created.Object.Uid);
        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Resources.CreateAsync(draft, dryRun: false, None));
        Assert.Equal(("FederatedResourceExists", FederationProblem.AlreadyExists), (error.Id, error.Problem));
        Assert.Equal("FederatedResourceExists", (await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Resources.CreateAsync(draft, dryRun: true, None))).Id);
    }

    [Fact]
    public async Task A_dry_run_creates_nothing()
    {
        using var fleet = Fleet();

        await fleet.Federation.Resources.CreateAsync(Draft(fleet), dryRun: true, None);

        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_missing_namespace_is_named()
    {
        using var fleet = Fleet();
        fleet.Host.Remove(KnownResources.Namespaces, "ns");

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Resources.CreateAsync(Draft(fleet), dryRun: false, None));

        Assert.Equal("NamespaceNotFound", error.Id);
        Assert.Contains("ns", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_that_meets_another_writer_is_made_again_on_what_that_one_left()
    {
        using var fleet = Fleet();
        await fleet.Federation.Resources.CreateAsync(Draft(fleet), dryRun: false, None);
        var interrupted = 0;
        fleet.Host.Fault = request =>
        {
            if (request.StartsWith("replace", StringComparison.Ordinal) && interrupted++ < 2)
            {
                fleet.Host.Put(ConfigMaps.Federated, Key, $$"""{"metadata":{"labels":{"other":"{{interrupted}}"} },"spec":{"template":{} } }""");
            }

            return null;
        };

        var edited = await fleet.Federation.Resources.EditAsync(ConfigMaps, Key, resource => resource.PlacementClusters = ["one"], dryRun: false, None);

        Assert.Equal(["one"], edited.PlacementClusters);
        Assert.Equal("2", edited.Object.Label("other"));
    }

    [Fact]
    public async Task An_edit_is_validated_and_a_faulty_one_is_not_written()
    {
        using var fleet = Fleet();
        await fleet.Federation.Resources.CreateAsync(Draft(fleet), dryRun: false, None);
        fleet.Host.Requests.Clear();

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Resources.EditAsync(
            ConfigMaps, Key, resource => resource.PlacementClusters = ["a", "a"], dryRun: false, None));

        Assert.Equal("DuplicateCluster", error.Id);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Editing_or_deleting_what_is_not_there_says_so()
    {
        using var fleet = Fleet();

        Assert.Equal("FederatedResourceNotFound", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Resources.EditAsync(ConfigMaps, Key, _ => { }, false, None))).Id);
        Assert.Equal("FederatedResourceNotFound", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Resources.DeleteAsync(ConfigMaps, Key, false, false, None))).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleting_marks_and_with_orphan_annotates_first_K72_S34(bool orphan)
    {
        using var fleet = Fleet();
        fleet.Host.Put(ConfigMaps.Federated, Key, """{"metadata":{"finalizers":["kubefed.io/sync-controller"]},"spec":{}}""");
        fleet.Host.Requests.Clear();

        await fleet.Federation.Resources.DeleteAsync(ConfigMaps, Key, orphan, dryRun: true, None);
        Assert.Empty(fleet.Host.Writes);
        await fleet.Federation.Resources.DeleteAsync(ConfigMaps, Key, orphan, dryRun: false, None);

        var stored = (await fleet.Federation.Resources.FindAsync(ConfigMaps, Key, None))!;
        Assert.True(stored.Object.IsDeleting);
        Assert.Equal(orphan, stored.Orphan);
        Assert.Equal(orphan ? ["patch", "delete"] : ["delete"], fleet.Host.Writes.Select(write => write.Split(' ')[0]));
    }

    [Fact]
    public async Task Resources_are_listed_by_type_namespace_and_pattern()
    {
        using var fleet = Fleet();
        foreach (var (@namespace, name) in new[] { ("ns", "web-1"), ("ns", "web-2"), ("other", "web-1"), ("ns", "db") })
        {
            fleet.Host.Put(ConfigMaps.Federated, new ObjectKey(@namespace, name), """{"spec":{}}""");
        }

        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("secrets"), """{"spec":{"federatedType":{"kind":"FederatedSecret","scope":"Namespaced"}}}""");

        Assert.Equal(["ns/db", "ns/web-1", "ns/web-2", "other/web-1"], await List(fleet, new FederatedQuery()));
        Assert.Equal(["ns/web-1", "ns/web-2"], await List(fleet, new FederatedQuery { Type = ConfigMaps, Namespace = "ns", Name = "web-*" }));
        Assert.Equal(["ns/web-1", "other/web-1"], await List(fleet, new FederatedQuery { Name = "*-1" }));
    }

    [Theory]
    [InlineData("web-*", "web-1", true)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyy", false)]
    [InlineData("w?b", "web", true)]
    [InlineData("w?b", "wb", false)]
    [InlineData("web", "web", true)]
    [InlineData("web", "Web", true)]
    [InlineData("WEB-[A-C]", "web-b", true)]
    [InlineData("WEB", "webb", false)]
    [InlineData("web-[12]", "web-2", true)]
    [InlineData("web-[12]", "web-3", false)]
    [InlineData("[a-cx]*", "best", true)]
    [InlineData("[a-cx]*", "dest", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("a[b", "a[b", true)]
    [InlineData("a[]", "a[]", true)]
    [InlineData("*aab", "aaab", true)]
    public void Patterns_match_names(string pattern, string name, bool matches) => Assert.Equal(matches, new NamePattern(pattern).Matches(name));

    [Fact]
    public async Task Copies_are_read_from_every_cluster_and_errors_are_data()
    {
        using var fleet = Fleet();
        fleet.Registered("east").Put(KnownResources.ConfigMaps, Key, """{"data":{"a":"b"}}""");
        fleet.Registered("north");
        fleet.Registered("west").Fault = _ => new KubeConnectionException("west", ConnectionFailure.Unreachable, "no route to host");
        fleet.Registered("south");
        fleet.Host.Remove(KnownResources.Secrets, "south-secret", KubeFedNames.DefaultSystemNamespace);

        var copies = await fleet.Federation.Resources.CopiesAsync(Draft(fleet), null, None).ToDictionaryAsync(copy => copy.Cluster, cancellationToken: None);

        Assert.Equal(["east", "north", "south", "west"], copies.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("b", copies["east"].Object!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal((null, null), (copies["north"].Object, copies["north"].Error));
        Assert.Contains("south-secret", copies["south"].Error, StringComparison.Ordinal);
        Assert.Contains("no route", copies["west"].Error, StringComparison.Ordinal);

        var chosen = await fleet.Federation.Resources.CopiesAsync(Draft(fleet), ["east", "mars"], None).ToDictionaryAsync(copy => copy.Cluster, cancellationToken: None);
        Assert.Equal(["east", "mars"], chosen.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("mars", chosen["mars"].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_are_read_in_the_version_the_template_asks_for_E53()
    {
        using var fleet = Fleet();
        var type = DraftTests.Type(KnownResources.Deployments);
        fleet.Registered("east").Put(KnownResources.Deployments, Key);
        var resource = new FederatedResource(type, KubeObject.Parse("""{"metadata":{"name":"cm","namespace":"ns"},"spec":{"template":{"apiVersion":"apps/v1beta2"}}}"""));

        var copy = await fleet.Federation.Resources.CopiesAsync(resource, null, None).SingleAsync(None);

        Assert.NotNull(copy.Object);
    }

    private static FakeFleet Fleet()
    {
        var fleet = new FakeFleet().Installed();
        fleet.Host.Served.Add(ConfigMaps.Federated);
        fleet.Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("ns"));
        fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System("configmaps"), ConfigMaps.Source.Json.ToJsonString());
        fleet.Host.Requests.Clear();
        return fleet;
    }

    private static FederatedResource Draft(FakeFleet fleet) => fleet.Federation.Resources.Draft(new NewFederatedResource
    {
        Type = ConfigMaps, Key = Key, Template = new JsonObject { ["data"] = new JsonObject() }, Placement = PlacementSpec.All,
    });

    private static async Task<IReadOnlyList<string>> List(FakeFleet fleet, FederatedQuery query) =>
        [.. (await fleet.Federation.Resources.ListAsync(query, None).ToListAsync(None)).Select(resource => resource.Key.ToString())];
}
