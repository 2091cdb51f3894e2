using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Fields that a server stores under another name than the template gives them.</summary>
public class AliasTests
{
    private static readonly ObjectKey Key = new("ns1", "key");

    [Theory]
    [InlineData("{'stringData':{'user':'alice'}}", "{'user':'YWxpY2U='}")]
    [InlineData("{'stringData':{'user':'alice'},'data':{'user':'Ym9i','old':'eA=='}}", "{'user':'YWxpY2U=','old':'eA=='}")]
    [InlineData("{'stringData':{'emoji':'\U0001F510','none':'','null':null}}", "{'emoji':'8J+UkA==','none':'','null':''}")]
    [InlineData("{'stringData':null,'data':{'old':'eA=='}}", "{'old':'eA=='}")]
    public void Texts_of_a_Secret_become_data(string template, string data)
    {
        var json = Desired(template, Make.Type("secrets", KnownResources.Secrets)).Json;
        Assert.True(JsonNode.DeepEquals(Make.Json(data), json["data"]), json.ToJsonString());
        Assert.False(json.ContainsKey("stringData"));
    }

    [Fact]
    public void What_is_no_text_stays_for_the_server_to_refuse() =>
        Assert.Equal(1, Desired("{'stringData':{'n':1}}", Make.Type("secrets", KnownResources.Secrets)).Json["stringData"]!["n"]!.GetValue<int>());

    [Fact]
    public void Overrides_reach_texts_and_data_alike_and_both_spellings_are_one_declaration()
    {
        var secrets = Make.Type("secrets", KnownResources.Secrets);
        var source = new DesiredSource(Make.Resource(
            "{'template':{'stringData':{'user':'alice'}},"
            + "'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/stringData/user','value':'bob'}]}]}",
            secrets));
        Assert.Equal("Ym9i", source.For(Make.Facts("c1")).Json["data"]!["user"]!.GetValue<string>());
        Assert.Equal("YWxpY2U=", source.For(Make.Facts("c2")).Json["data"]!["user"]!.GetValue<string>());
        Assert.Equal(source.For(Make.Facts("c2")).Hash, Desired("{'data':{'user':'YWxpY2U='}}", secrets).Hash);
    }

    [Fact]
    public void Take_over_keeps_the_hash_of_the_template_as_it_is_stored() =>
        Assert.NotEqual(
            LegacyHash.OfTemplate(Make.Json("{'stringData':{'user':'alice'}}")), LegacyHash.OfTemplate(Make.Json("{'data':{'user':'YWxpY2U='}}")));

    [Theory]
    [InlineData("{'serviceAccount':'x'}", "x")]
    [InlineData("{'serviceAccountName':'x'}", "x")]
    [InlineData("{'serviceAccountName':'x','serviceAccount':'y'}", "x")]
    [InlineData("{'serviceAccountName':'','serviceAccount':'y'}", "y")]
    [InlineData("{}", null)]
    public void Both_names_of_a_service_account_are_declared(string pod, string? account)
    {
        var spec = Desired($"{{'spec':{{'template':{{'spec':{pod}}}}}}}", Make.Deployments).Json["spec"]!["template"]!["spec"]!;
        Assert.Equal(account, spec["serviceAccountName"]?.GetValue<string>());
        Assert.Equal(account, spec["serviceAccount"]?.GetValue<string>());
    }

    [Fact]
    public void An_empty_address_of_a_Service_is_the_servers_to_choose()
    {
        var spec = Desired("{'spec':{'clusterIP':'','clusterIPs':[]}}", Make.Services).Json["spec"]!.AsObject();
        Assert.False(spec.ContainsKey("clusterIP") || spec.ContainsKey("clusterIPs"));
        Assert.Equal("None", Desired("{'spec':{'clusterIP':'None'}}", Make.Services).Json["spec"]!["clusterIP"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_text_that_leaves_the_template_leaves_every_member_and_one_that_drifts_is_repaired()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("secrets", "key", "{'template':{'stringData':{'user':'alice','old':'gone-soon'}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        Assert.Equal("alice gone-soon", await Texts(bed, "c1"));
        Assert.DoesNotContain(await bed.SyncAsync(), outcome => outcome.Written);

        await bed.ChangeAsync("secrets", "key", "{'spec':{'template':{'stringData':{'old':null}}}}");
        await bed.SyncAsync();
        Assert.Equal("alice", await Texts(bed, "c1"));
        Assert.Equal("alice", await Texts(bed, "c2"));

        var drift = KubePatch.Merge((JsonObject)Make.Json("{'data':{'user':'ZXZl'}}")!);
        await bed.Admin("c2").PatchAsync(KnownResources.Secrets, Key, drift, new WriteOptions { FieldManager = "eve" }, default);
        var plan = await bed.SyncAsync(new SyncRequest { DryRun = true });
        Assert.Contains(plan, outcome => outcome is { Cluster: "c2", Action: PlanAction.Update });
        await bed.SyncAsync();
        Assert.Equal("alice", await Texts(bed, "c2"));
    }

    private static DesiredObject Desired(string template, Engine.Api.FederatedType type) =>
        new DesiredSource(Make.Resource($"{{'template':{template}}}", type)).For(Make.Facts("c1"));

    private static async Task<string> Texts(FederationBed bed, string cluster)
    {
        var data = (await bed.Admin(cluster).GetAsync(KnownResources.Secrets, Key, default)).Json["data"]!.AsObject();
        return string.Join(' ', data.Select(pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value!.GetValue<string>()))).Order());
    }
}
