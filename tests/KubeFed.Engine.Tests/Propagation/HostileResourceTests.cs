using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using KubeFed.TestSupport.Hostile;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// Ten thousand values of somebody who wants to lead the federation elsewhere, in every field of a federated resource that has to do with a request: planned
/// and written as a sync does, with what leaves the process counted.
/// </summary>
public class HostileResourceTests
{
    private const int Values = 10_000;

    /// <summary>The copy's own place, in whichever version of the type.</summary>
    private const string Own = @"\A/api/[a-z0-9]([-a-z0-9]*[a-z0-9])?/namespaces/ns1/configmaps/web\z";

    public static TheoryData<string> Fields() =>
    [
        "/spec/template/apiVersion", "/spec/template/kind", "/spec/template/metadata/name", "/spec/template/metadata/namespace",
        "/spec/template/metadata/labels/a", "/spec/template/metadata/annotations/a", "/spec/template/metadata/generateName", "/spec/template/data/a",
        "/spec/overrides/0/clusterName", "/spec/overrides/0/clusterOverrides/0/op", "/spec/overrides/0/clusterOverrides/0/path",
        "/spec/overrides/0/clusterOverrides/1/value", "/spec/overrides/0/clusterOverrides/2/value/name",
        "/spec/overrides/0/clusterOverrides/2/value/namespace", "/spec/overrides/1/clusterOverrides/0/valueTemplate",
        "/metadata/annotations/kubefed.io~1adoption-policy", "/metadata/annotations/kubefed.io~1deleteoption", "/metadata/labels/a",
        "/status/clusters/0/name", "/status/clusters/0/observedVersion",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Ten_thousand_values_in_a_field_lead_no_request_elsewhere(string field)
    {
        using var counting = new CountingHandler(new Echo());
        using var client = new KubeClientFactory([], wrap: (_, _) => counting).Create(new ConnectionSettings { Name = "c1", Server = new Uri("https://c1.example") });
        var pointer = Kubernetes.Json.JsonPointer.Parse(field);
        var (tried, written) = (0, 0);
        foreach (var text in HostileTexts.Values(Values))
        {
            var json = Base();
            Set(json, pointer.Tokens, text);
            var resource = new FederatedResource(Make.ConfigMaps, new KubeObject(json));
            _ = FederatedResourceValidation.Check(resource);
            await WriteAsync(client, resource, text, MemberState.Absent);
            if (tried++ % 20 == 0)
            {
                resource.Object.Metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";
                resource.Object.Metadata["finalizers"] = new JsonArray(KubeFedNames.SyncFinalizer);
                await WriteAsync(client, resource, text, null);
            }

            foreach (var request in counting.Requests)
            {
                Assert.Matches(Own, request.Path);
                written += request.Method is "PATCH" or "DELETE" ? 1 : 0;
            }

            counting.Clear();
        }

        Assert.True(written > 0, "nothing was ever written: that proves nothing");
    }

    [Fact]
    public async Task Ten_thousand_names_that_a_member_lists_are_met_as_what_they_are()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var mark = (await bed.MapAsync("c1"))!.Annotation(KubeFedNames.FederationAnnotation)!;
        var items = new JsonArray([.. HostileTexts.Values(Values).Select((text, i) => (JsonNode)new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = i % 2 == 0 ? text : "x", ["namespace"] = i % 2 == 0 ? "ns1" : text, ["uid"] = $"u{i}", ["resourceVersion"] = "7",
                ["labels"] = new JsonObject { [KubeFedNames.ManagedLabel] = "true" }, ["annotations"] = new JsonObject { [KubeFedNames.FederationAnnotation] = mark },
            },
        })]);
        var list = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["kind"] = "PartialObjectMetadataList", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = new JsonObject { ["resourceVersion"] = "7" }, ["items"] = items,
        }.ToJsonString());
        bed.Faults("c1").When(request => request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath == "/api/v1/configmaps", Fault.Answer(list));
        bed.Clear();

        await bed.SyncAsync();

        Assert.Equal("c2=Ok", (await bed.BriefAsync("configmaps", "web")).Split(' ')[^1]);
        Assert.All(bed.Requests, request => Assert.DoesNotContain("/../", Uri.UnescapeDataString(request.Path) + "/", StringComparison.Ordinal));
        Assert.All(
            bed.Requests.Where(request => request.Server == "c1" && request.Method != "GET"),
            request => Assert.Matches(@"\A/api/v1/namespaces/[a-z0-9-]+/configmaps/[^/]+\z", request.Path));
    }

    /// <summary>Plans and writes one cell; without a state, the member is asked.</summary>
    private static async Task WriteAsync(IKubeClient client, FederatedResource resource, string label, MemberState? state)
    {
        var placed = new ClusterPlacement("c1", PlacementVerdict.Listed) { Labels = new Dictionary<string, string> { ["a"] = label } };
        var plan = new ResourcePlan(resource, new Placement { Clusters = [placed] });
        var writer = new CellWriter(client, plan, resource.Type.Target, withStatus: false, new CreationGuards());
        var cell = state is null ? await writer.DecideAsync("c1", default) : plan.Decide("c1", state);
        var (result, _) = await writer.ExecuteAsync(cell, default);
        Assert.Equal(Printable.Of(result.Message), result.Message);
    }

    private static JsonObject Base() => (JsonObject)Make.Json(
        """
        {'apiVersion':'types.kubefed.io/v1beta1','kind':'FederatedConfigMap',
         'metadata':{'name':'web','namespace':'ns1','uid':'u','generation':1,'annotations':{},'labels':{}},
         'spec':{'template':{'metadata':{'labels':{'x':'y'},'annotations':{}},'data':{}},'placement':{'clusters':[{'name':'c1'}]},
          'overrides':[{'clusterName':'c1','clusterOverrides':[
            {'op':'add','path':'/data','value':{}},{'path':'/data','value':{}},{'path':'/metadata','value':{'labels':{}}}]},
           {'clusterSelector':{'matchLabels':{'none':'such'}},'clusterOverrides':[{'path':'/apiVersion','valueTemplate':'v1'}]}]},
         'status':{'clusters':[{'name':'c1'}]}}
        """)!;

    private static void Set(JsonObject root, IReadOnlyList<string> path, string text)
    {
        JsonNode node = root;
        foreach (var token in path.SkipLast(1))
        {
            node = node is JsonArray list ? list[int.Parse(token, System.Globalization.CultureInfo.InvariantCulture)]! : node[token]!;
        }

        node[path[^1]] = text;
        if (path is ["spec", "overrides", "0", "clusterOverrides", "1", "value"])
        {
            node["path"] = "/apiVersion";
        }

        if (path is ["spec", "overrides", "1", ..])
        {
            root["spec"]!["overrides"]![1]!["clusterSelector"] = new JsonObject();
        }
    }

    /// <summary>Stores nothing and takes everything.</summary>
    private sealed class Echo : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var found = """{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"web","namespace":"ns1","uid":"m","resourceVersion":"1","labels":{"kubefed.io/managed":"true"}}}""";
            var body = request.Method == HttpMethod.Patch ? await request.Content!.ReadAsStringAsync(cancellationToken) : found;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request };
        }
    }
}
