using KubeFed.PowerShell.Mapping;
using KubeFed.PowerShell.Tests.Commands;

namespace KubeFed.PowerShell.Tests.Mapping;

public sealed class ResourceMapTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_federated_object_is_shown_with_its_placement_overrides_and_status()
    {
        var shown = ResourceMap.ToOutput(
            Kinds.Resource(
                """
                {"metadata":{"name":"a","namespace":"demo","uid":"u","creationTimestamp":"2026-01-01T00:00:00Z"},
                 "spec":{"placement":{"clusterSelector":{"matchLabels":{"env":"prod"}}},
                         "overrides":[{"clusterName":"m1","clusterOverrides":[{"path":"/data/a","value":"x"},{"op":"remove","path":"/data/b"}]},
                          {"clusterSelector":{},"clusterOverrides":[{"path":"/data/c","valueTemplate":"${cluster.name}"}]}]},
                 "status":{"conditions":[{"type":"Propagation","status":"False","reason":"CheckClusters"}],
                           "clusters":[{"name":"m1","health":"Degraded","healthMessage":"quota"},{"name":"m2","status":"CreationFailed"}],
                           "summary":{"clusters":"1/2","health":"Degraded"}}}
                """),
            s_now);

        Assert.Equal(("a", "demo", "configmaps", "env=prod", "CheckClusters"), (shown.Name, shown.Namespace, shown.Type, shown.Placement, shown.Status));
        Assert.Equal(TimeSpan.FromDays(1), shown.Age);
        Assert.True(shown.Stored);
        Assert.Equal(["m1: replace /data/a", "m1: remove /data/b", "*: replace /data/c"], shown.Overrides.Select(entry => entry.ToString()));
        Assert.Equal(["m1: OK", "m2: CreationFailed"], shown.ClusterStatus.Select(status => status.ToString()));
        Assert.Equal([("Degraded", "quota"), (string.Empty, string.Empty)], shown.ClusterStatus.Select(status => (status.Health, status.HealthMessage)));
        Assert.Equal(("1/2", "Degraded"), (shown.InSync, shown.Health));
    }

    [Theory]
    [InlineData("""{"conditions":[{"type":"Propagation","status":"False"}],"clusters":[{"name":"m1"},{"name":"m2","status":"CreationFailed"}]}""", "1/2")]
    [InlineData("""{"conditions":[{"type":"Propagation","status":"True"}]}""", "0/0")]
    [InlineData("""{"conditions":[{"type":"Propagation","status":"True"}],"summary":{"clusters":"many"}}""", "0/0")]
    [InlineData("{}", "")]
    public void What_a_KubeFed_controller_recorded_is_counted_from_its_list(string status, string inSync)
    {
        var shown = ResourceMap.ToOutput(Kinds.Resource($$"""{"metadata":{"name":"a"},"spec":{},"status":{{status}} }"""), s_now);

        Assert.Equal((inSync, string.Empty), (shown.InSync, shown.Health));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a"}}""", "Pending", "(none)")]
    [InlineData("""{"metadata":{"name":"a"},"spec":5}""", "Pending", "(none)")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"placement":{"clusterSelector":{"matchLabels":5}},"overrides":"no"}}""", "Pending", "(invalid)")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{},"status":{"conditions":{},"clusters":[1]}}""", "Pending", "(none)")]
    [InlineData(
        """{"metadata":{"name":"a"},"spec":{"placement":{"clusters":[]}},"status":{"conditions":[{"type":"Propagation","status":"True"}]}}""",
        "Propagated",
        "(none)")]
    [InlineData(
        """
        {"metadata":{"name":"a","generation":2},"spec":{"placement":{"clusters":[]}},
         "status":{"observedGeneration":1,"conditions":[{"type":"Propagation","status":"True"}]}}
        """,
        "Pending",
        "(none)")]
    [InlineData("""{"metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{"placement":{"clusterSelector":{}}}}""", "Deleting", "*")]
    public void Objects_of_any_shape_can_be_listed(string json, string status, string placement)
    {
        var shown = ResourceMap.ToOutput(Kinds.Resource(json), s_now);

        Assert.Equal((status, placement), (shown.Status, shown.Placement));
    }
}
