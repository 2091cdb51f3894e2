using System.Text.Json.Nodes;

namespace KubeFed.Cluster.Tests.Servers;

/// <summary>
/// What makes the servers worth testing against: a build with a compiler they were not made for starts, looks healthy, and fails these.
/// </summary>
[Collection(nameof(RealServers))]
public sealed class RealBehaviourTests(TwoClusters servers)
{
    private const string Definition = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"lamps.servers.example.com"},
         "spec":{"group":"servers.example.com","scope":"Namespaced","names":{"plural":"lamps","singular":"lamp","kind":"Lamp","listKind":"LampList"},
          "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
           "spec":{"type":"object","required":["watts"],"properties":{
            "watts":{"type":"integer","minimum":1},"colour":{"type":"string","default":"white"},"label":{"type":"string"}}}}}}}]}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_custom_resource_is_defaulted_validated_and_may_hold_an_empty_string()
    {
        using var client = (await servers.GetAsync(Cancel))[0].CreateClient();
        await RawApi.CreateAsync(client, "apis/apiextensions.k8s.io/v1/customresourcedefinitions", Definition);
        await RawApi.UntilAsync(
            client,
            "apis/apiextensions.k8s.io/v1/customresourcedefinitions/lamps.servers.example.com",
            crd => crd["status"]?["conditions"] is JsonArray all && all.Any(one => (string?)one!["type"] == "Established" && (string?)one["status"] == "True"));
        await RawApi.UntilAsync(client, "apis/servers.example.com/v1/namespaces/default/lamps", answer => answer["items"] is not null);

        var good = await RawApi.CreateAsync(client, "apis/servers.example.com/v1/namespaces/default/lamps", Lamp("good", watts: 5));
        var dark = await RawApi.CreateAsync(client, "apis/servers.example.com/v1/namespaces/default/lamps", Lamp("dark", watts: 0));

        Assert.Equal("white", (string?)good["spec"]?["colour"]);
        Assert.Equal("", (string?)good["spec"]?["label"]);
        Assert.Equal(422, (int?)dark["code"]);

        static string Lamp(string name, int watts) =>
            $$$"""{"apiVersion":"servers.example.com/v1","kind":"Lamp","metadata":{"name":"{{{name}}}"},"spec":{"watts":{{{watts}}},"label":""}}""";
    }

    [Fact(Timeout = 240_000)]
    public async Task Server_side_apply_knows_owners_and_reports_a_conflict()
    {
        using var client = (await servers.GetAsync(Cancel))[0].CreateClient();
        const string path = "api/v1/namespaces/default/configmaps/owned";

        var applied = await RawApi.ApplyAsync(client, path, "one", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned"},"data":{"a":"1"}}""");
        var conflict = await RawApi.ApplyAsync(client, path, "two", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned"},"data":{"a":"2"}}""");

        Assert.Equal("one", (string?)applied["metadata"]?["managedFields"]?[0]?["manager"]);
        Assert.Equal(409, (int?)conflict["code"]);
    }

    [Fact(Timeout = 240_000)]
    public async Task Controllers_turn_a_deployment_into_pods_and_empty_a_deleted_namespace()
    {
        var clusters = await servers.GetAsync(Cancel);
        if (!clusters.HasControllerManager)
        {
            Assert.Skip($"{clusters.Binaries.Directory} has no kube-controller-manager");
        }

        using var client = clusters[0].CreateClient();
        await RawApi.CreateAsync(client, "api/v1/namespaces", """{"metadata":{"name":"short-lived"}}""");

        await RawApi.CreateAsync(client, "apis/apps/v1/namespaces/short-lived/deployments", """
            {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"registry.invalid/web"}]}}}}
            """);
        var pods = await RawApi.UntilAsync(
            client, "api/v1/namespaces/short-lived/pods?labelSelector=app%3Dweb", list => list["items"] is JsonArray { Count: 2 });
        await RawApi.DeleteAsync(client, "api/v1/namespaces/short-lived");
        var gone = await RawApi.UntilAsync(client, "api/v1/namespaces/short-lived", answer => (int?)answer["code"] == 404);

        Assert.All(pods["items"]!.AsArray(), pod => Assert.Equal("Pending", (string?)pod!["status"]?["phase"]));
        Assert.Equal("NotFound", (string?)gone["reason"]);
    }
}
