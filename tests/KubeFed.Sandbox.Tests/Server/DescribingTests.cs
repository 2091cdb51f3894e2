using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tests.Server;

/// <summary>What a server says of itself: discovery in one answer, OpenAPI documents; and what it does about fields it does not know.</summary>
public sealed class DescribingTests
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    [Theory]
    [InlineData("v1.31.0", "apidiscovery.k8s.io/v2")]
    [InlineData("v1.28.0", "apidiscovery.k8s.io/v2beta1")]
    [InlineData("v1.20.2", "v1")]
    public void Aggregated_discovery_is_served_by_the_versions_that_have_it(string version, string served)
    {
        var groups = Read(Start(version), "GET", "/apis", accept: Aggregated);

        Assert.Equal(served, groups["apiVersion"]!.GetValue<string>());
    }

    [Fact]
    public void Aggregated_discovery_says_the_same_as_the_lists_of_each_group()
    {
        var sandbox = Start("v1.31.0");
        var apps = Read(sandbox, "GET", "/apis", accept: Aggregated)["items"]!.AsArray().Single(group => group!["metadata"]!["name"]!.GetValue<string>() == "apps")!;
        var resources = apps["versions"]![0]!["resources"]!.AsArray();

        var names = resources.SelectMany(resource => (resource!["subresources"]?.AsArray() ?? [])
            .Select(sub => $"{resource["resource"]}/{sub!["subresource"]}")
            .Prepend(resource["resource"]!.GetValue<string>()));
        Assert.Equal(
            Read(sandbox, "GET", "/apis/apps/v1")["resources"]!.AsArray().Select(resource => resource!["name"]!.GetValue<string>()).Order(),
            names.Order());
        var deployments = resources.Single(resource => resource!["resource"]!.GetValue<string>() == "deployments")!;
        Assert.Equal("deployment", deployments["singularResource"]!.GetValue<string>());
        Assert.Equal("Namespaced", deployments["scope"]!.GetValue<string>());
        var scale = deployments["subresources"]!.AsArray().Single(sub => sub!["subresource"]!.GetValue<string>() == "scale")!;
        Assert.Equal("""{"group":"autoscaling","version":"v1","kind":"Scale"}""", scale["responseKind"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/openapi/v2")]
    [InlineData("/openapi/v3/apis/apps/v1")]
    public void Every_reference_in_an_OpenAPI_document_leads_somewhere(string path)
    {
        var document = Read(Start("v1.31.0"), "GET", path);
        var references = new HashSet<string>();
        Collect(document, references);

        Assert.NotEmpty(references);
        foreach (var reference in references)
        {
            var target = reference[2..].Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]);
            Assert.True(target is JsonObject, $"{reference} leads nowhere");
        }
    }

    [Fact]
    public void OpenAPI_tells_how_lists_merge_and_where_replicas_are()
    {
        var schemas = Read(Start("v1.31.0"), "GET", "/openapi/v3/apis/apps/v1")["components"]!["schemas"]!;

        var spec = schemas["io.k8s.api.apps.v1.DeploymentSpec"]!["properties"]!;
        Assert.Equal("integer", spec["replicas"]!["type"]!.GetValue<string>());
        var containers = schemas["io.k8s.api.apps.v1.PodSpec"]!["properties"]!["containers"]!;
        Assert.Equal("merge", containers["x-kubernetes-patch-strategy"]!.GetValue<string>());
        Assert.Equal("name", containers["x-kubernetes-patch-merge-key"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/openapi/v2", "definitions", false)]
    [InlineData("/openapi/v3/apis/example.com/v1", "components.schemas", true)]
    public void OpenAPI_v2_is_silent_on_what_is_declared_where_unknown_fields_are_kept(string path, string place, bool declared)
    {
        var sandbox = Start("v1.31.0");
        Handle(sandbox, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body: """
            {"metadata":{"name":"lamps.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"lamps","kind":"Lamp"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{
              "spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"watts":{"type":"integer"}}},
              "status":{"type":"object","properties":{"lit":{"type":"boolean"}}}}}}}]}}
            """);

        var schemas = place.Split('.').Aggregate(Read(sandbox, "GET", path), (node, step) => node[step]!);

        Assert.Equal(declared, schemas["com.example.v1.Lamp"]!["properties"]!["spec"]!["properties"] is not null);
        Assert.NotNull(schemas["com.example.v1.Lamp"]!["properties"]!["status"]!["properties"]!["lit"]);
    }

    [Fact]
    public void The_index_of_OpenAPI_v3_changes_its_hash_when_a_document_does()
    {
        var sandbox = Start("v1.31.0");
        var index = Read(sandbox, "GET", "/openapi/v3")["paths"]!;

        Assert.StartsWith("/openapi/v3/apis/apps/v1?hash=", index["apis/apps/v1"]!["serverRelativeURL"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEqual(index["api/v1"]!.ToJsonString(), index["apis/apps/v1"]!.ToJsonString());
        Assert.Equal(404, Handle(Start("v1.20.2"), "GET", "/openapi/v3").StatusCode);
    }

    [Theory]
    [InlineData("v1.31.0", "?fieldValidation=Strict", 400, null)]
    [InlineData("v1.31.0", "?fieldValidation=Warn", 201, "299 - \"unknown field \\\"daata\\\"\", 299 - \"unknown field \\\"metadata.laabels\\\"\"")]
    [InlineData("v1.31.0", "", 201, "299 - \"unknown field \\\"daata\\\"\", 299 - \"unknown field \\\"metadata.laabels\\\"\"")]
    [InlineData("v1.31.0", "?fieldValidation=Ignore", 201, null)]
    [InlineData("v1.31.0", "?fieldValidation=Maybe", 422, null)]
    [InlineData("v1.20.2", "?fieldValidation=Strict", 201, null)]
    public void Unknown_fields_are_refused_told_or_dropped_as_the_client_asks(string version, string query, int code, string? warning)
    {
        var response = Handle(
            Start(version), "POST", "/api/v1/namespaces/default/configmaps", query, """{"metadata":{"name":"x","laabels":{}},"data":{"a":"b"},"daata":{}}""");

        Assert.Equal(code, response.StatusCode);
        Assert.Equal(warning is null ? null : string.Join(", ", warning.Split(", ").Order()), response.Headers.TryGetValue("Warning", out var told) ? string.Join(", ", told.Split(", ").Order()) : null);
        if (code == 400)
        {
            Assert.StartsWith(
                "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field ",
                JsonNode.Parse(response.Body.Span)!["message"]!.GetValue<string>(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_patch_that_adds_an_unknown_field_is_refused_when_asked_strictly()
    {
        var response = Handle(
            Start("v1.31.0"), "PATCH", "/api/v1/namespaces/default", "?fieldValidation=Strict", """{"spec":{"colour":"red"}}""", "application/merge-patch+json");

        Assert.Equal(422, response.StatusCode);
        Assert.EndsWith("strict decoding error: unknown field \"spec.colour\"", JsonNode.Parse(response.Body.Span)!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static Sandbox Start(string version) => Sandbox.Start(new SandboxOptions { Clusters = ["host"], Version = version });

    private static JsonNode Read(Sandbox sandbox, string method, string path, string accept = "application/json") =>
        JsonNode.Parse(Handle(sandbox, method, path, accept: accept).Body.Span)!;

    private static SandboxResponse Handle(
        Sandbox sandbox, string method, string path, string query = "", string body = "", string contentType = "application/json", string accept = "application/json") =>
        sandbox.Host.Handle(new SandboxRequest
        {
            Method = method,
            Path = path,
            Query = query,
            Headers = new Dictionary<string, string> { ["accept"] = accept, ["content-type"] = contentType, ["authorization"] = "Bearer " + sandbox.Host.AdminToken },
            Body = Encoding.UTF8.GetBytes(body),
        });

    private static void Collect(JsonNode? node, HashSet<string> references)
    {
        switch (node)
        {
            case JsonObject map:
                if (map["$ref"] is JsonValue reference)
                {
                    references.Add(reference.GetValue<string>());
                }

                foreach (var (_, member) in map)
                {
                    Collect(member, references);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Collect(item, references);
                }

                break;
        }
    }
}
