using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Guide;

/// <summary>The guide's "Overrides", "Using Cluster Selector" and "Local Value Retention".</summary>
public sealed partial class GuideTests
{
    [Fact] // "Overrides", with the guide's own, in the order the guide has them; the template has no metadata.annotations, or no metadata
    public async Task Copies_differ_where_the_overrides_say()
    {
        await StartAsync();
        const string overrides =
            "'overrides':[{'clusterName':'cluster2','clusterOverrides':[{'path':'/spec/replicas','value':5},"
            + "{'path':'/spec/template/spec/containers/0/image','value':'nginx:1.17.0-alpine'},"
            + "{'path':'/metadata/annotations','op':'add','value':{'foo':'bar','stays':'here'}},{'path':'/metadata/annotations/foo','op':'remove'},"
            + "{'path':'/spec/template/spec/containers/0/args/0','op':'add','value':'-q'}]},"
            + "{'clusterName':'cluster1','clusterOverrides':[{'path':'/metadata/labels','op':'add','value':{'site':'one'}}]}]";
        var bare = Deployment.Replace("'metadata':{'labels':{'app':'nginx'}},'spec':{'replicas'", "'spec':{'replicas'", StringComparison.Ordinal)
            .Replace("'name':'nginx'}]", "'name':'nginx','args':['-v']}]", StringComparison.Ordinal);
        await DeclareAsync("deployments.apps", "test-deployment", $"{bare},{Everywhere},{overrides}");
        await WellAsync();

        var copy = await _cluster2.GetAsync(KnownResources.Deployments, Key("test-deployment"), Token);
        var container = copy.Spec!["template"]!["spec"]!["containers"]![0]!;
        Assert.Equal(5, await ReplicasAsync(_cluster2, "test-deployment"));
        Assert.Equal("nginx:1.17.0-alpine", container["image"]!.GetValue<string>());
        Assert.Equal("""["-q","-v"]""", container["args"]!.ToJsonString());
        Assert.Equal((null, "here"), (copy.Annotation("foo"), copy.Annotation("stays")));
        var other = await _cluster1.GetAsync(KnownResources.Deployments, Key("test-deployment"), Token);
        Assert.Equal("one", other.Label("site"));
        Assert.Equal(3, await ReplicasAsync(_cluster1, "test-deployment"));
        await SettleAsync();
        await NothingToDoAsync();
    }

    [Fact] // "Using Cluster Selector"
    public async Task Copies_are_where_the_list_or_else_the_selector_says()
    {
        await StartAsync();
        await Federation.Clusters.LabelAsync("cluster1", new Dictionary<string, string?> { ["foo"] = "bar" }, Token);
        await DeclareAsync("configmaps", "test-configmap", "'template':{'data':{'A':'ala ma kota'}},'placement':{}");
        await WellAsync();
        Assert.Equal(string.Empty, await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));

        const string selector = "'clusterSelector':{'matchLabels':{'foo':'bar'}}";
        foreach (var (placement, where) in new[]
        {
            ($"'clusters':[{{'name':'cluster2'}},{{'name':'cluster1'}}],{selector}", "cluster1 cluster2"),
            ($"'clusters':[],{selector}", string.Empty),
            ("'clusters':null,'clusterSelector':{'matchLabels':null}", "cluster1 cluster2"),
            ($"'clusters':null,{selector}", "cluster1"),
            ("'clusters':null,'clusterSelector':null", string.Empty),
        })
        {
            await EditFederatedAsync("configmaps", "test-configmap", $"{{'spec':{{'placement':{{{placement}}}}}}}");
            await WellAsync();
            Assert.Equal(where, await WhereAsync(KnownResources.ConfigMaps, Key("test-configmap")));
        }
    }

    [Fact] // "Local Value Retention": the table, row by row
    public async Task What_a_member_decided_for_itself_stays()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "kept", $"{Deployment},{Everywhere},'retainReplicas':true");
        await DeclareAsync("deployments.apps", "fixed", $"{Deployment},{Everywhere}");
        await DeclareAsync("services", "test-service",
            $"'template':{{'spec':{{'selector':{{'app':'nginx'}},'type':'NodePort','ports':[{{'name':'http','port':80}}]}}}},{Everywhere}");
        await DeclareAsync("serviceaccounts", "test-serviceaccount", $"'template':{{}},{Everywhere}");
        await WellAsync();
        foreach (var name in (string[])["kept", "fixed"])
        {
            await EditAsync(_cluster2, KnownResources.Deployments, name,
                "{'metadata':{'annotations':{'theirs':'yes'},'finalizers':['guide.example.com/held']},'spec':{'replicas':7}}");
        }

        await EditAsync(_cluster2, KnownResources.ServiceAccounts, "test-serviceaccount", "{'secrets':[{'name':'generated'}]}");
        var before = (await _cluster2.GetAsync(KnownResources.Services, Key("test-service"), Token)).Spec!;

        foreach (var (type, name) in new[]
        {
            ("deployments.apps", "kept"), ("deployments.apps", "fixed"), ("services", "test-service"), ("serviceaccounts", "test-serviceaccount"),
        })
        {
            await EditFederatedAsync(type, name, "{'spec':{'template':{'metadata':{'labels':{'changed':'yes'}}}}}");
        }

        await WellAsync();
        foreach (var (name, replicas) in new[] { ("kept", 7), ("fixed", 3) })
        {
            var copy = await _cluster2.GetAsync(KnownResources.Deployments, Key(name), Token);
            Assert.Equal(("yes", "yes"), (copy.Label("changed"), copy.Annotation("theirs")));
            Assert.Contains("guide.example.com/held", copy.Metadata["finalizers"]!.AsArray().Select(item => item!.GetValue<string>()));
            Assert.Equal(replicas, await ReplicasAsync(_cluster2, name));
            await EditAsync(_cluster2, KnownResources.Deployments, name, "{'metadata':{'finalizers':null}}");
        }

        var service = await _cluster2.GetAsync(KnownResources.Services, Key("test-service"), Token);
        Assert.Equal("yes", service.Label("changed"));
        foreach (var field in (string[])["clusterIP", "ports"])
        {
            Assert.True(JsonNode.DeepEquals(before[field], service.Spec![field]), $"{before[field]} became {service.Spec[field]}");
        }

        var account = await _cluster2.GetAsync(KnownResources.ServiceAccounts, Key("test-serviceaccount"), Token);
        Assert.Equal("yes", account.Label("changed"));
        Assert.Contains("generated", account.Json["secrets"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
    }
}
