using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

public class ReplicaWriteBackTests
{
    private const string Clusters = """{"placement":{"clusters":[{"name":"c1"}]},"overrides":[{"clusterName":"c1","clusterOverrides":[""";

    [Theory] // T-121, R-63: the unit cases
    [InlineData("""{"path":"/spec/replicas","value":0},{"path":"/ultimate/answer","value":42}""", null, """[{"path":"/ultimate/answer","value":42}]""")]
    [InlineData(
        """{"path":"/spec/replicas","value":0},{"path":"/ultimate/answer","value":42}""", 5,
        """[{"path":"/spec/replicas","value":5},{"path":"/ultimate/answer","value":42}]""")]
    [InlineData("""{"path":"/ultimate/answer","value":42}""", 0, """[{"path":"/ultimate/answer","value":42},{"path":"/spec/replicas","value":0}]""")]
    public void The_replica_override_is_set_added_or_removed_and_others_stay(string entries, int? replicas, string expected)
    {
        var resource = Resource(Clusters + entries + "]}]}");

        Assert.True(ReplicaWriteBack.Apply(resource, replicas is { } value ? new Dictionary<string, long> { ["c1"] = value } : []));

        Assert.Equal(expected, resource.Overrides![0]!["clusterOverrides"]!.ToJsonString());
    }

    [Fact] // P-84, R-65
    public void The_same_plan_again_changes_nothing_whatever_the_order_of_the_placement()
    {
        var resource = Resource("""{"placement":{"clusters":[{"name":"c2"},{"name":"c1"}]},"overrides":[]}""");
        var plan = new Dictionary<string, long> { ["c2"] = 1, ["c1"] = 2 };
        Assert.True(ReplicaWriteBack.Apply(resource, plan));
        var written = resource.Object.Json.ToJsonString();

        Assert.False(ReplicaWriteBack.Apply(resource, plan));

        Assert.Equal(written, resource.Object.Json.ToJsonString());
        Assert.Equal(["c2", "c1"], resource.PlacementClusters!);
        Assert.Equal(plan, ReplicaWriteBack.Read(resource).ToDictionary());
    }

    [Fact] // P-84, R-61, R-62
    public void Clusters_and_overrides_are_written_in_name_order_zero_included()
    {
        var resource = Resource("""{"template":{}}""");

        Assert.True(ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c3"] = 0, ["c1"] = 2, ["c2"] = 1 }));

        Assert.Equal(["c1", "c2", "c3"], resource.PlacementClusters!);
        Assert.Equal(["c1", "c2", "c3"], resource.Overrides!.Select(item => item!["clusterName"]!.GetValue<string>()));
        Assert.Equal("c1=2 c2=1 c3=0", PlanNotation.Text(ReplicaWriteBack.Read(resource)));
    }

    [Fact] // P-84
    public void One_changed_number_changes_one_value()
    {
        var resource = Resource("""{"template":{}}""");
        ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2, ["c2"] = 1 });
        var before = resource.Object.Json.ToJsonString();

        ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2, ["c2"] = 7 });

        Assert.Equal(before.Replace("\"value\":1", "\"value\":7", StringComparison.Ordinal), resource.Object.Json.ToJsonString());
    }

    [Fact]
    public void The_selector_is_left_in_place()
    {
        var resource = Resource("""{"placement":{"clusterSelector":{"matchLabels":{"a":"b"}}}}""");

        ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 });

        Assert.Equal("""{"clusterSelector":{"matchLabels":{"a":"b"}},"clusters":[{"name":"c1"}]}""", resource.Object.Spec!["placement"]!.ToJsonString());
    }

    [Fact]
    public void A_cluster_that_leaves_the_plan_loses_its_replica_override_and_nothing_else()
    {
        var resource = Resource(
            """{"overrides":[{"clusterName":"c1","clusterOverrides":[{"path":"/spec/replicas","value":1}]},{"clusterName":"c2","clusterOverrides":[{"path":"/spec/replicas","value":1},{"path":"/x","value":1}]}]}""");

        ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c3"] = 2 });

        Assert.Equal(
            """[{"clusterName":"c2","clusterOverrides":[{"path":"/x","value":1}]},{"clusterName":"c3","clusterOverrides":[{"path":"/spec/replicas","value":2}]}]""",
            resource.Overrides!.ToJsonString());
    }

    [Fact] // P-87
    public void Another_path_is_written_for_types_that_keep_their_replicas_elsewhere()
    {
        var resource = Resource("""{"template":{}}""");

        ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 }, "/spec/size");

        Assert.Equal("""[{"clusterName":"c1","clusterOverrides":[{"path":"/spec/size","value":2}]}]""", resource.Overrides!.ToJsonString());
    }

    [Fact] // the number of entries counts; other paths may repeat
    public void Repeated_replica_overrides_become_one()
    {
        var resource = Resource(Clusters + """{"path":"/spec/replicas","value":3},{"path":"/a/-","value":1},{"path":"/a/-","value":2},{"path":"/spec/replicas","value":4}]}]}""");

        Assert.True(ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 3 }));

        Assert.Equal(
            """[{"path":"/spec/replicas","value":3},{"path":"/a/-","value":1},{"path":"/a/-","value":2}]""",
            resource.Overrides![0]!["clusterOverrides"]!.ToJsonString());
    }

    [Fact] // P-60
    public void Overrides_by_selector_are_left_alone_and_the_schedulers_have_the_last_word()
    {
        const string Selecting = """{"clusterSelector":{"matchLabels":{"region":"eu"}},"clusterOverrides":[{"path":"/spec/replicas","value":9}]}""";
        var resource = Resource($$$"""{"template":{"spec":{"replicas":1}},"overrides":[{{{Selecting}}},{"clusterSelector":{}},{{{Selecting}}}]}""");

        Assert.True(ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 }));

        Assert.Equal(
            $$$"""[{"clusterName":"c1","clusterOverrides":[{"path":"/spec/replicas","value":2}]},{{{Selecting}}},{"clusterSelector":{}},{{{Selecting}}}]""",
            resource.Overrides!.ToJsonString());
        var overrides = OverrideSet.Parse(resource.Overrides);
        var eu = new Dictionary<string, string> { ["region"] = "eu" };
        Assert.Equal("""{"replicas":2}""", overrides.For(new ClusterFacts("c1", eu)).Apply(new JsonObject { ["spec"] = new JsonObject() })["spec"]!.ToJsonString());
        Assert.False(ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 }));
    }

    [Fact] // P-65
    public void A_number_takes_the_place_of_a_template()
    {
        var resource = Resource(Clusters + """{"path":"/spec/replicas","valueTemplate":"${cluster.labels.size}"}]}]}""");

        Assert.True(ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 }));

        Assert.Equal("""[{"path":"/spec/replicas","value":2}]""", resource.Overrides![0]!["clusterOverrides"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"clusterName":"c1"},{"clusterName":"c1"}]""", "spec.overrides[1].clusterName: Duplicate value: \"c1\"")]
    [InlineData("[3]", "spec.overrides[0]: Invalid value: 3: must have clusterName or clusterSelector, and a list clusterOverrides")]
    public void Overrides_that_contradict_themselves_stop_the_write_back(string overrides, string message)
    {
        var resource = Resource($$"""{"overrides":{{overrides}}}""");
        var before = resource.Object.Json.ToJsonString();

        var error = Assert.Throws<FederationException>(() => ReplicaWriteBack.Apply(resource, new Dictionary<string, long> { ["c1"] = 2 }));

        Assert.Equal(("InvalidOverrides", message, before), (error.Id, error.Message, resource.Object.Json.ToJsonString()));
    }

    private static FederatedResource Resource(string spec)
    {
        var target = new ApiResource("apps", "v1", "Deployment", "deployments", Namespaced: true);
        var federated = new ApiResource(KubeFedNames.TypesGroup, "v1beta1", "FederatedDeployment", "federateddeployments", Namespaced: true);
        var value = KubeObject.Create(federated, new ObjectKey("ns", "web"));
        value.Json["spec"] = JsonNode.Parse(spec);
        return new FederatedResource(new() { Name = "deployments.apps", Target = target, Federated = federated, Source = value }, value);
    }
}
