using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Tables;

namespace KubeFed.Sandbox.Tests.Tables;

/// <summary>The table form of objects, as kube-apiserver prints it.</summary>
public sealed class TableTests
{
    private const string AsTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-1.5, "0s")]
    [InlineData(-5, "<invalid>")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(179 * 60, "179m")]
    [InlineData(180 * 60, "3h")]
    [InlineData((7 * 3600) + 60, "7h1m")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(8 * 86400, "8d")]
    [InlineData(730 * 86400L, "2y")]
    [InlineData(731 * 86400L, "2y1d")]
    [InlineData(2920 * 86400L, "8y")]
    public void A_duration_shrinks_to_two_units_at_most(double seconds, string text) => Assert.Equal(text, Duration.Human(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(".spec.size", "3")]
    [InlineData("$.spec.size", "3")]
    [InlineData(".spec['size']", "3")]
    [InlineData(".spec.list[1]", "\"b\"")]
    [InlineData(".spec.list[-1]", "\"c\"")]
    [InlineData(".spec.list[*]", "\"a\"")]
    [InlineData(".spec.list[7]", null)]
    [InlineData(@".metadata.labels.app\.kubernetes\.io/name", "\"web\"")]
    [InlineData(".metadata.labels['app.kubernetes.io/name']", "\"web\"")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "\"True\"")]
    [InlineData(".status.conditions[?(@.type=='Lost')].status", null)]
    [InlineData(".status.conditions[?(@.type!=\"Ready\")].status", "\"False\"")]
    [InlineData(".no.such.field", null)]
    public void A_printer_columns_path_finds_its_field(string path, string? found)
    {
        var value = JsonNode.Parse(
            """
            {"metadata":{"labels":{"app.kubernetes.io/name":"web"}},"spec":{"size":3,"list":["a","b","c"]},
             "status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Synced","status":"False"}]}}
            """)!;

        Assert.Equal(found, FieldPath.TryParse(path)!.Find(value)?.ToJsonString());
    }

    [Theory]
    [InlineData("spec[")]
    [InlineData(".spec..size")]
    [InlineData("{.spec}")]
    [InlineData(".list[?(@.a>1)]")]
    public void A_path_beyond_what_columns_use_is_none(string path) => Assert.Null(FieldPath.TryParse(path));

    [Fact]
    public void Every_built_in_kind_has_columns_that_survive_an_empty_object()
    {
        var sandbox = Sandbox.Start(new SandboxOptions { Clusters = ["host"] });
        foreach (var kind in sandbox.Host.State.Catalog.All.Where(kind => !kind.Virtual))
        {
            var table = new Table(kind, "v1", RowObject.None).Of([new JsonObject { ["metadata"] = new JsonObject { ["name"] = "x" } }], [], DateTimeOffset.UnixEpoch);

            var columns = table["columnDefinitions"]!.AsArray();
            Assert.Equal(columns.Count, table["rows"]![0]!["cells"]!.AsArray().Count);
            Assert.Contains(columns, column => column!["format"]!.GetValue<string>() == "name");
        }
    }

    [Fact]
    public async Task A_table_carries_what_includeObject_says()
    {
        await using var sandbox = Sandbox.Start(new SandboxOptions { Clusters = ["host"] });

        Assert.Equal("PartialObjectMetadata", Row(sandbox, string.Empty)["object"]!["kind"]!.GetValue<string>());
        Assert.Equal("Namespace", Row(sandbox, "?includeObject=Object")["object"]!["kind"]!.GetValue<string>());
        Assert.False(Row(sandbox, "?includeObject=None").ContainsKey("object"));
        Assert.Equal(400, Get(sandbox, "/api/v1/namespaces", "?includeObject=All").StatusCode);
    }

    [Fact]
    public async Task A_watch_describes_the_columns_with_its_first_event_only()
    {
        await using var sandbox = Sandbox.Start(new SandboxOptions { Clusters = ["host"] });
        var stream = Get(sandbox, "/api/v1/namespaces", "?watch=1").Stream!;
        var described = new List<bool>();
        await foreach (var line in stream.WithCancellation(TestContext.Current.CancellationToken))
        {
            described.Add(JsonNode.Parse(line.Span)!["object"]!["columnDefinitions"] is not null);
            if (described.Count == 3)
            {
                break;
            }
        }

        Assert.Equal([true, false, false], described);
    }

    [Fact]
    public async Task A_custom_kind_without_columns_shows_name_and_age()
    {
        await using var sandbox = Sandbox.Start(new SandboxOptions { Clusters = ["host"] });
        sandbox.Host.Seed(new KubeObject(JsonNode.Parse(
            """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"plains.example.com"},
             "spec":{"group":"example.com","scope":"Cluster","names":{"kind":"Plain","plural":"plains"},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """)!.AsObject()));
        await sandbox.SettleAsync();

        var table = JsonNode.Parse(Get(sandbox, "/apis/example.com/v1/plains", string.Empty).Body.Span)!;

        Assert.Equal(["Name", "Age"], table["columnDefinitions"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()));
    }

    private static JsonObject Row(Sandbox sandbox, string query) => JsonNode.Parse(Get(sandbox, "/api/v1/namespaces", query).Body.Span)!["rows"]![0]!.AsObject();

    private static SandboxResponse Get(Sandbox sandbox, string path, string query) => sandbox.Host.Handle(new SandboxRequest
    {
        Method = "GET",
        Path = path,
        Query = query,
        Headers = new Dictionary<string, string> { ["accept"] = AsTable, ["authorization"] = "Bearer " + sandbox.Host.AdminToken },
    });
}
