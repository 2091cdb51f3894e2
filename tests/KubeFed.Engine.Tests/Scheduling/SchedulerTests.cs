using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

public class SchedulerTests
{
    private const string Running = """{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""";

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Theory] // T-240 to T-242
    [InlineData("""{"targetKind":"FederatedDeployment","totalReplicas":4}""", "c1=2 c2=2")]
    [InlineData("""{"targetKind":"FederatedDeployment","totalReplicas":6,"clusters":{"c1":{"weight":2},"c2":{"weight":1}}}""", "c1=4 c2=2")]
    [InlineData("""{"targetKind":"FederatedDeployment","totalReplicas":6,"clusters":{"c1":{"weight":2,"minReplicas":3},"c2":{"weight":1,"minReplicas":3}}}""", "c1=3 c2=3")]
    public async Task A_preference_becomes_placement_and_overrides(string preference, string written)
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Prefer(preference);

        var decision = await fleet.Apply();

        Assert.Equal((SchedulingReason.Scheduled, true, written), (decision.Reason, decision.Changed, fleet.Written()));
    }

    [Fact] // T-240 for the second of KubeFed's two kinds
    public async Task A_ReplicaSet_is_scheduled_alike()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Enable("replicasets.apps", "apps", "ReplicaSet", "replicasets");
        fleet.Federated("ReplicaSet", "replicasets", SchedulingFleet.Web, """{"template":{}}""");
        fleet.Prefer("""{"targetKind":"FederatedReplicaSet","totalReplicas":4}""");

        await fleet.Apply();

        Assert.Equal("c1=2 c2=2", fleet.Written("ReplicaSet", "replicasets"));
    }

    [Theory] // T-243, R-10
    [InlineData(SchedulingMode.Compatible)]
    [InlineData(SchedulingMode.Fair)]
    public async Task With_intersect_only_clusters_both_selectors_select_are_planned_for(SchedulingMode mode)
    {
        using var fleet = new SchedulingFleet("c2");
        fleet.Join("c1", """{"foo":"bar"}""");
        fleet.Federated("Deployment", "deployments", SchedulingFleet.Web, """{"template":{},"placement":{"clusterSelector":{"matchLabels":{"foo":"bar"}}}}""");
        fleet.Prefer("""
            {"targetKind":"FederatedDeployment","totalReplicas":6,"intersectWithClusterSelector":true,
             "clusters":{"c1":{"weight":2,"minReplicas":3},"c2":{"weight":1,"minReplicas":3}}}
            """, mode);

        await fleet.Apply();

        Assert.Equal("c1=6", fleet.Written());
    }

    [Fact] // R-10: compatible mode ignores names; fair mode takes the namespace's placement whatever its form (P-85)
    public async Task With_intersect_a_namespace_placed_by_names_selects_nothing_in_compatible_mode_only()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        const string preference = """{"targetKind":"FederatedDeployment","totalReplicas":6,"intersectWithClusterSelector":true}""";
        fleet.Federated("Namespace", "namespaces", new ObjectKey("shop", "shop"), """{"placement":{"clusters":[{"name":"c2"}],"clusterSelector":null}}""");
        fleet.Federated("Deployment", "deployments", SchedulingFleet.Web, """{"template":{},"placement":{"clusterSelector":{}}}""");
        fleet.Prefer(preference);
        Assert.Equal(SchedulingReason.NoClusterSelected, (await fleet.Apply()).Reason);
        Assert.Equal(string.Empty, fleet.Written());

        fleet.Prefer(preference, SchedulingMode.Fair);
        await fleet.Apply();

        Assert.Equal("c2=6", fleet.Written());
    }

    [Fact] // P-85, against R-12: what is planned for a cluster the namespace excludes would be lost
    public async Task Clusters_the_namespace_is_not_placed_in_get_nothing()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Federated("Namespace", "namespaces", new ObjectKey("shop", "shop"), """{"placement":{"clusters":[{"name":"c1"},{"name":"c3"}]}}""");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":6}""");

        var decision = await fleet.Apply();

        Assert.Equal("c1=3 c3=3", fleet.Written());
        Assert.Equal("the FederatedNamespace is not placed there", decision.Clusters[1].Reason);
    }

    [Fact] // P-80
    public async Task The_decision_is_recorded_once_and_an_unchanged_one_writes_nothing()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":5}""");
        await fleet.Apply();

        Assert.Equal(("Scheduled", "True", "Scheduled"), (Text(fleet.Condition(), "type"), Text(fleet.Condition(), "status"), Text(fleet.Condition(), "reason")));
        Assert.Equal("5 5 0", $"{fleet.Status()["totalReplicas"]} {fleet.Status()["writtenReplicas"]} {fleet.Status()["unplacedReplicas"]}");
        Assert.Contains("rounded up", Text(fleet.Status()["clusters"]![0]!.AsObject(), "reason"), StringComparison.Ordinal);

        fleet.Host.Requests.Clear();
        fleet.Advance(TimeSpan.FromMinutes(1));
        var again = await fleet.Apply();

        Assert.False(again.Changed);
        Assert.Empty(fleet.Host.Writes);
    }

    [Theory] // P-80, P-90: KubeFed said nothing in any of these cases (R-5, rsp.md section 1 steps 2 to 5)
    [InlineData("""{"targetKind":"FederatedDeployment","totalReplicas":-1}""", SchedulingReason.InvalidPreference, "spec.totalReplicas: Invalid value: -1")]
    [InlineData("""{"targetKind":"FederatedConfigMap","totalReplicas":1}""", SchedulingReason.TargetKindNotSupported, "supported values: \"FederatedDeployment\"")]
    [InlineData("""{"targetKind":"FederatedNamespace","totalReplicas":1}""", SchedulingReason.TargetKindNotSupported, "spec.targetKind: Unsupported value: \"FederatedNamespace\"")]
    public async Task A_preference_that_cannot_be_followed_says_why_in_its_status(string preference, SchedulingReason reason, string message)
    {
        using var fleet = new SchedulingFleet("c1");
        fleet.Prefer(preference);

        var decision = await fleet.Apply();

        Assert.Equal(reason, decision.Reason);
        Assert.Contains(message, Text(fleet.Condition(), "message"), StringComparison.Ordinal);
        Assert.Equal(("False", string.Empty), (Text(fleet.Condition(), "status"), fleet.Written()));
    }

    [Fact] // P-80
    public async Task A_missing_target_a_missing_namespace_and_no_clusters_are_told_apart()
    {
        using var fleet = new SchedulingFleet();
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":1}""");
        Assert.Equal((SchedulingReason.NoClusterSelected, "No cluster can be used: none is registered."), Outcome(await fleet.Apply()));

        fleet.Host.Remove(SchedulingFleet.FederatedResource("Namespace", "namespaces"), "shop", "shop");
        var unfederated = await fleet.Apply();
        Assert.Equal(SchedulingReason.NamespaceNotFederated, unfederated.Reason);
        Assert.Contains("create a FederatedNamespace named shop", unfederated.Message, StringComparison.Ordinal);

        fleet.Host.Remove(SchedulingFleet.FederatedResource("Deployment", "deployments"), "web", "shop");
        Assert.Equal(SchedulingReason.TargetNotFound, (await fleet.Apply()).Reason);
        Assert.Equal("TargetNotFound", Text(fleet.Condition(), "reason"));
    }

    [Fact] // R-53, P-90
    public async Task A_stored_minimum_above_its_maximum_is_followed_as_KubeFed_did_with_a_warning()
    {
        using var fleet = new SchedulingFleet("c1");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":5,"clusters":{"c1":{"minReplicas":5,"maxReplicas":2,"weight":1}}}""");

        var decision = await fleet.Apply();

        Assert.Equal("c1=5", fleet.Written());
        Assert.Equal("spec.clusters[c1].minReplicas: Invalid value: 5: must be less than or equal to maxReplicas (2)", Assert.Single(decision.Warnings));
        Assert.Contains("must be less than", Text(fleet.Condition(), "message"), StringComparison.Ordinal);
    }

    [Fact] // R-20 to R-24, rsp.md example 57
    public async Task Running_replicas_are_read_from_managed_copies_and_kept()
    {
        using var fleet = new SchedulingFleet("c1", "c2", "c3");
        fleet.Running("c1", 8, 8);
        fleet.Running("c2", 2, 2);
        fleet.Running("c3", 9, 9, managed: "false");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":10}""");

        var decision = await fleet.Apply();

        Assert.Equal("c1=8 c2=2 c3=0", fleet.Written());
        Assert.Equal([8L, 2L, null], decision.Plan!.Clusters.Select(cluster => cluster.Current));
        Assert.DoesNotContain(fleet.Fleet["c1"].Requests, request => request.Contains("pods", StringComparison.Ordinal));
    }

    [Fact] // P-56
    public async Task Replicas_that_run_for_another_federation_are_not_counted()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Running("c1", 8, 8);
        fleet.Host.Put(SchedulingFleet.FederatedResource("Deployment", "deployments"), SchedulingFleet.Web, """
            {"spec":{"template":{"spec":{"replicas":1}}},"status":{"clusters":[{"name":"c1","status":"OwnedByOtherFederation"}]}}
            """);
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":10}""");

        var decision = await fleet.Apply();

        Assert.Equal("c1=5 c2=5", fleet.Written());
        Assert.Equal([null, null], decision.Plan!.Clusters.Select(cluster => cluster.Current));
    }

    [Fact] // R-22, R-23, R-32, R-51
    public async Task Pods_that_find_no_node_for_a_minute_bound_the_cluster()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Running("c1", 5, 2);
        fleet.Running("c2", 5, 5);
        fleet.Pod("c1", "p1", Running);
        fleet.Pod("c1", "p2", Running);
        foreach (var name in new[] { "p3", "p4", "p5" })
        {
            fleet.Pod("c1", name, fleet.Waiting(TimeSpan.FromSeconds(30)));
        }

        fleet.Pod("c1", "other", fleet.Waiting(TimeSpan.FromHours(1)), labels: """{"app":"other"}""");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":10,"rebalance":true}""");

        var early = await fleet.Apply();
        Assert.Equal(("c1=5 c2=5", TimeSpan.FromSeconds(10)), (fleet.Written(), early.RecheckAfter)); // R-33

        fleet.Advance(TimeSpan.FromSeconds(31));
        var late = await fleet.Apply();

        Assert.Equal((2L, 3L, 8L), (late.Plan!.Clusters[0].Capacity, late.Plan.Clusters[0].Overflow, late.Plan.Clusters[1].Planned));
        Assert.Equal(("c1=5 c2=8", null), (fleet.Written(), late.RecheckAfter));
    }

    [Fact] // P-88
    public async Task Match_expressions_find_pods_too()
    {
        using var fleet = new SchedulingFleet("A");
        fleet.Running("A", 2, 1);
        var copy = fleet.Fleet["A"].Peek(KnownResources.Deployments, "web", "shop")!;
        copy.Spec!["selector"] = JsonNode.Parse("""{"matchExpressions":[{"key":"app","operator":"In","values":["web"]}]}""");
        fleet.Fleet["A"].Put(KnownResources.Deployments, SchedulingFleet.Web, copy.Json.ToJsonString());
        fleet.Pod("A", "p1", Running);
        fleet.Pod("A", "p2", fleet.Waiting(TimeSpan.FromMinutes(2)));
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":2}""");

        Assert.Equal(1, (await fleet.Apply()).Plan!.Clusters[0].Capacity);
    }

    [Fact] // P-87
    public async Task Any_type_with_a_scale_subresource_is_scheduled_where_it_keeps_its_replicas()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Enable("farms.example.com", "example.com", "Farm", "farms");
        fleet.Federated("Farm", "farms", SchedulingFleet.Web, """{"template":{}}""");
        foreach (var member in new[] { "c1", "c2" })
        {
            fleet.Fleet[member].Served.Add(new ApiResource("example.com", "v1", "Farm", "farms", Namespaced: true));
        }

        fleet.Prefer("""{"targetKind":"FederatedFarm","totalReplicas":3}""");
        Assert.Equal(SchedulingReason.TargetKindNotSupported, (await fleet.Apply()).Reason);

        fleet.Host.Put(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("farms.example.com"), """
            {"spec":{"group":"example.com","names":{"kind":"Farm","plural":"farms"},"scope":"Namespaced",
             "versions":[{"name":"v1","subresources":{"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.up"}}}]}}
            """);
        await fleet.Apply();

        Assert.Equal("c1=2 c2=1", fleet.Written("Farm", "farms", "/spec/size"));
    }

    [Fact] // P-85
    public async Task A_cluster_that_does_not_serve_the_type_is_left_out()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Enable("statefulsets.apps", "apps", "StatefulSet", "statefulsets");
        fleet.Federated("StatefulSet", "statefulsets", SchedulingFleet.Web, """{"template":{}}""");
        fleet.Fleet["c2"].Served.Add(new ApiResource("apps", "v1", "StatefulSet", "statefulsets", Namespaced: true));
        fleet.Prefer("""{"targetKind":"FederatedStatefulSet","totalReplicas":3}""");

        var decision = await fleet.Apply();

        Assert.Equal("c2=3", fleet.Written("StatefulSet", "statefulsets"));
        Assert.Equal("it does not serve statefulsets.apps", decision.Clusters[0].Reason);
    }

    [Fact]
    public async Task A_dry_run_decides_alike_and_writes_nothing()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":4}""");
        fleet.Host.Requests.Clear();

        var planned = await fleet.Scheduler.PlanAsync(SchedulingFleet.Web, None);

        Assert.Empty(fleet.Host.Writes);
        Assert.Equal((true, true, string.Empty), (planned.DryRun, planned.Changed, fleet.Written()));
        Assert.Equal("c1=2 c2=2", PlanNotation.Text(ReplicaWriteBack.Read(planned.Resource!)));
    }

    [Fact]
    public async Task A_run_makes_every_preference_true_and_one_bad_one_stops_no_other()
    {
        using var fleet = new SchedulingFleet("c1", "c2");
        fleet.Prefer("""{"targetKind":"FederatedDeployment","totalReplicas":4}""");
        fleet.Host.Put(CoreResources.ReplicaSchedulingPreferences, new ObjectKey("shop", "bad"), """{"spec":{"targetKind":"FederatedDeployment","totalReplicas":"x"}}""");
        var sink = new RecordingSink();

        var decisions = new List<SchedulingDecision>();
        await foreach (var decision in fleet.Scheduler.RunAsync(new(), sink, None))
        {
            decisions.Add(decision);
        }

        Assert.Equal(["InvalidPreference bad", "Scheduled web"], decisions.Select(decision => $"{decision.Reason} {decision.Key.Name}").Order(StringComparer.Ordinal));
        Assert.Equal("c1=2 c2=2", fleet.Written());
        Assert.Contains("shop/bad", Assert.Single(sink.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_the_kind_has_no_preferences()
    {
        using var fleet = new SchedulingFleet("c1");
        fleet.Host.Served.Remove(CoreResources.ReplicaSchedulingPreferences);

        await foreach (var decision in fleet.Scheduler.RunAsync(new(), new RecordingSink(), None))
        {
            Assert.Fail(decision.ToString());
        }

        Assert.Empty(await fleet.Scheduler.Preferences.ListAsync(null, None));
    }

    [Fact] // A-80, P-90
    public async Task Preferences_are_set_found_changed_and_removed()
    {
        using var fleet = new SchedulingFleet("c1");
        var store = fleet.Scheduler.Preferences;
        var preference = new SchedulingPreference { TargetKind = "FederatedDeployment", TotalReplicas = 3 };

        await store.SetAsync(SchedulingFleet.Web, preference, dryRun: true, None);
        Assert.Null(await store.FindAsync(SchedulingFleet.Web, None));
        await store.SetAsync(SchedulingFleet.Web, preference, dryRun: false, None);
        await store.SetAsync(SchedulingFleet.Web, preference with { Mode = SchedulingMode.Fair, TotalReplicas = 4 }, dryRun: false, None);
        Assert.Equal((SchedulingMode.Fair, 4), ((await store.GetAsync(SchedulingFleet.Web, None)).Preference.Mode, (await store.GetAsync(SchedulingFleet.Web, None)).Preference.TotalReplicas));

        fleet.Host.Requests.Clear();
        await store.SetAsync(SchedulingFleet.Web, preference with { Mode = SchedulingMode.Fair, TotalReplicas = 4 }, dryRun: false, None);
        Assert.Empty(fleet.Host.Writes);

        var error = await Assert.ThrowsAsync<FederationException>(() => store.SetAsync(SchedulingFleet.Web, preference with { TargetKind = "FederatedSecret" }, dryRun: false, None));
        Assert.Equal(
            ("InvalidPreference", "spec.targetKind: Unsupported value: \"FederatedSecret\": supported values: \"FederatedDeployment\""), (error.Id, error.Message));

        await store.RemoveAsync(SchedulingFleet.Web, dryRun: false, None);
        Assert.Equal("PreferenceNotFound", (await Assert.ThrowsAsync<FederationException>(() => store.RemoveAsync(SchedulingFleet.Web, dryRun: false, None))).Id);
    }

    private static (SchedulingReason Reason, string Message) Outcome(SchedulingDecision decision) => (decision.Reason, decision.Message);

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();
}
