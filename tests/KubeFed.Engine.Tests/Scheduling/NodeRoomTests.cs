using System.Text.Json.Nodes;
using KubeFed.Engine.Scheduling.State;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>P-83: room on nodes, so that nobody has to be asked for replicas that cannot run.</summary>
public class NodeRoomTests
{
    private const string OneCpu = """{"containers":[{"resources":{"requests":{"cpu":"1"}}}]}""";

    [Fact]
    public void Own_pods_and_free_room_count_and_other_peoples_pods_take_room()
    {
        KubeObject[] pods = [Pod("n1", OneCpu, own: true), Pod("n1", """{"containers":[{"resources":{"requests":{"cpu":"1500m"}}}]}""", own: false)];

        Assert.Equal(2, Room([Node("n1")], pods)); // 4 - 1 - 1.5 leaves 1, and one runs
    }

    [Theory]
    [InlineData("""{"unschedulable":true}""", "{}")]
    [InlineData("{}", """{"conditions":[{"type":"Ready","status":"False"}]}""")]
    [InlineData("{}", """{"conditions":[{"type":"Ready","status":"Unknown"}]}""")]
    [InlineData("""{"taints":[{"key":"a","value":"b","effect":"NoSchedule"}]}""", "{}")]
    public void A_node_out_of_use_offers_nothing_and_what_runs_there_does_not_count(string spec, string status)
    {
        var node = Node("n1", spec, status);

        Assert.False(NodeRoom.AllUsable([node], Parse(OneCpu)));
        Assert.Equal(4, Room([node, Node("n2")], [Pod("n1", OneCpu, own: true)]));
    }

    [Theory]
    [InlineData("""{"tolerations":[{"key":"a","operator":"Equal","value":"b","effect":"NoSchedule"}]}""", true)]
    [InlineData("""{"tolerations":[{"key":"a","operator":"Exists"}]}""", true)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}]}""", true)]
    [InlineData("""{"tolerations":[{"key":"a","value":"c"}]}""", false)]
    [InlineData("""{"tolerations":[{"key":"a","value":"b","effect":"NoExecute"}]}""", false)]
    public void A_taint_is_passed_by_a_toleration_of_it(string podSpec, bool usable) =>
        Assert.Equal(usable, NodeRoom.AllUsable([Node("n1", """{"taints":[{"key":"a","value":"b","effect":"NoSchedule"}]}""")], Parse(podSpec)));

    [Theory]
    [InlineData("""{"nodeSelector":{"disk":"ssd"}}""", true)]
    [InlineData("""{"nodeSelector":{"disk":"hdd"}}""", false)]
    public void A_node_selector_must_match(string podSpec, bool usable)
    {
        var node = Node("n1");
        node.SetLabel("disk", "ssd");

        Assert.Equal(usable, NodeRoom.AllUsable([node], Parse(podSpec)));
    }

    [Theory]
    [InlineData("""{"containers":[{"resources":{"requests":{"memory":"1Gi"}}}]}""", 8)]
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"500m"}}},{"resources":{"requests":{"cpu":"500m","memory":"64Mi"}}}]}""", 4)]
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"resources":{"requests":{"cpu":"2"}}}]}""", 2)]
    [InlineData("""{"containers":[{"resources":{"limits":{"cpu":"2"}}}]}""", 2)]
    [InlineData("""{"containers":[{}]}""", 10)]
    [InlineData("""{"containers":[{"resources":{"requests":{"example.com/gpu":1}}}]}""", 0)]
    public void The_scarcest_resource_decides(string podSpec, long room) => Assert.Equal(room, NodeRoom.Of([Node("n1")], [], Parse(podSpec), _ => false));

    [Fact]
    public void Nothing_bounds_pods_without_requests_on_nodes_without_a_pod_limit() =>
        Assert.Null(NodeRoom.Of([Node("n1", status: """{"allocatable":{"cpu":"4"}}""")], [], Parse("{}"), _ => false));

    [Fact]
    public void Ended_and_ending_pods_take_no_room()
    {
        var ended = Pod("n1", OneCpu, own: true, phase: "Succeeded");
        var ending = Pod("n1", OneCpu, own: true);
        ending.Metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";

        Assert.Equal(4, Room([Node("n1")], [ended, ending]));
    }

    [Theory]
    [InlineData("\"100m\"", "0.1")]
    [InlineData("\"1.5\"", "1.5")]
    [InlineData("2", "2")]
    [InlineData("\"128Mi\"", "134217728")]
    [InlineData("\"1k\"", "1000")]
    [InlineData("\"2e3\"", "2000")]
    [InlineData("\"much\"", null)]
    [InlineData("\"99999999999Ei\"", "9223372036854775807")]
    public void Quantities_are_read_as_Kubernetes_writes_them(string json, string? value) =>
        Assert.Equal(
            value is null ? null : new System.Numerics.BigInteger(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000_000),
            Quantity.Read(JsonNode.Parse(json))?.Nano);

    [Fact]
    public void Room_beyond_all_bounds_is_counted_without_overflow()
    {
        var node = Node("n1", status: """{"allocatable":{"cpu":"99999999999Ei","memory":"99999999999Ei"}}""");
        const string Much = """{"containers":[{"resources":{"requests":{"memory":"99999999999Ei"}}}]}""";
        var pods = Enumerable.Range(0, 3).Select(_ => Pod("n1", Much, own: false));

        Assert.Equal(int.MaxValue, Room([node], []));
        Assert.Equal(int.MaxValue, Room([node], [.. pods]));
    }

    private static long? Room(KubeObject[] nodes, KubeObject[] pods) => NodeRoom.Of(nodes, pods, Parse(OneCpu), pod => pod.Label("own") == "true");

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static KubeObject Node(string name, string spec = "{}", string status = "{}")
    {
        var node = KubeObject.Create(KnownResources.Nodes, ObjectKey.ClusterScoped(name));
        node.Json["spec"] = Parse(spec);
        node.Json["status"] = Parse(status);
        node.Json["status"]!["allocatable"] ??= Parse("""{"cpu":"4","memory":"8Gi","pods":"10"}""");
        return node;
    }

    private static KubeObject Pod(string node, string spec, bool own, string phase = "Running")
    {
        var pod = KubeObject.Create(KnownResources.Pods, new ObjectKey("ns", Guid.NewGuid().ToString("n")));
        pod.Json["spec"] = Parse(spec);
        pod.Json["spec"]!["nodeName"] = node;
        pod.Json["status"] = new JsonObject { ["phase"] = phase };
        return own ? pod.SetLabel("own", "true") : pod;
    }
}
