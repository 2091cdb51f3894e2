using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Guide;

/// <summary>The guide's "Federating a target resource", "Propagation status", "Deletion policy" and "Verify your deployment is working".</summary>
public sealed partial class GuideTests
{
    private static readonly (string Type, string Name, ApiResource Target, string Template)[] s_sample =
    [
        ("configmaps", "test-configmap", KnownResources.ConfigMaps, "'template':{'data':{'A':'ala ma kota'}}"),
        ("secrets", "test-secret", KnownResources.Secrets, "'template':{'data':{'A':'YWxhIG1hIGtvdGE='},'type':'Opaque'}"),
        ("deployments.apps", "test-deployment", KnownResources.Deployments, Deployment),
        ("services", "test-service", KnownResources.Services,
            "'template':{'spec':{'selector':{'app':'nginx'},'type':'NodePort','ports':[{'name':'http','port':80}]}}"),
        ("serviceaccounts", "test-serviceaccount", KnownResources.ServiceAccounts, "'template':{}"),
        ("jobs.batch", "test-job", KnownResources.Jobs, Job),
    ];

    [Fact] // "Verify your deployment is working": the namespace's placement moves everything, a Job with its Pods too; "Cleaning up"
    public async Task The_example_goes_where_its_namespace_goes_and_goes_with_it()
    {
        await StartAsync();
        foreach (var (type, name, _, template) in s_sample)
        {
            await DeclareAsync(type, name, $"{template},{Everywhere}");
        }

        await WellAsync();
        foreach (var (type, name, target, _) in s_sample)
        {
            Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync(type, name));
            Assert.Equal("cluster1 cluster2", await WhereAsync(target, Key(name)));
        }

        var pods = new ListQuery { Namespace = _namespace, LabelSelector = "app=busybox" };
        await UntilAsync("the Job has a Pod", async () => (await _cluster2.ListAsync(KnownResources.Pods, pods, Token)).Items.Count > 0);

        await EditFederatedAsync("namespaces", _namespace, "{'spec':{'placement':{'clusters':[{'name':'cluster1'}]}}}");
        await SyncUntilAsync("the namespace leaves cluster2", async () => await WhereAsync(KnownResources.Namespaces, Space) == "cluster1");
        foreach (var (_, name, target, _) in s_sample)
        {
            Assert.Equal("cluster1", await WhereAsync(target, Key(name)));
        }

        await EditFederatedAsync("namespaces", _namespace, "{'spec':{'placement':{'clusters':[{'name':'cluster1'},{'name':'cluster2'}]}}}");
        foreach (var (_, name, target, _) in s_sample)
        {
            await SyncUntilAsync($"{name} is back", async () => await WhereAsync(target, Key(name)) == "cluster1 cluster2");
        }

        await DeleteFederatedAsync("jobs.batch", "test-job");
        await UntilAsync("the Job's Pods go with it", async () =>
            (await _cluster1.ListAsync(KnownResources.Pods, pods, Token)).Items.Count == 0
            && (await _cluster2.ListAsync(KnownResources.Pods, pods, Token)).Items.Count == 0);

        await _cluster1.DeleteAsync(KnownResources.Namespaces, Space, DeleteOptions.Default, Token);
        await SyncUntilAsync("the namespace is gone", async () => await WhereAsync(KnownResources.Namespaces, Space) == string.Empty);
    }

    [Fact] // "Federating a target resource", "Federate a namespace with contents", "Federate resources from input file and stdin"
    public async Task What_exists_is_federated_by_name_with_its_namespace_or_from_a_file()
    {
        await StartAsync();
        await PutAsync("my-configmap");
        await KubefedAsync("federate", "configmaps", "my-configmap", "-n", _namespace);
        await WellAsync();
        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync("configmaps", "my-configmap"));

        await CreateNamespaceAsync();
        await PutAsync("inside");
        await KubefedAsync("federate", "namespace", _namespace, "--contents", "--skip-api-resources", "configmaps");
        await WellAsync();
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.Namespaces, Space));
        Assert.Equal("cluster1", await WhereAsync(KnownResources.ConfigMaps, Key("inside")));
        await DeleteFederatedAsync("namespaces", _namespace);

        await CreateNamespaceAsync();
        await PutAsync("inside");
        await KubefedAsync("federate", "namespace", _namespace, "--contents");
        await WellAsync();
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.ConfigMaps, Key("inside")));

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: filed, namespace: test-namespace}\ndata: {a: b}\n", Token);
            var yaml = await KubefedAsync("federate", "--filename", file);
            Assert.Contains("kind: FederatedConfigMap", yaml, StringComparison.Ordinal);
            Assert.Contains("matchLabels: {}", yaml, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        async Task PutAsync(string name)
        {
            var map = KubeObject.Create(KnownResources.ConfigMaps, Key(name));
            map.Json["data"] = Json("{'a':'b'}");
            await _cluster1.CreateAsync(KnownResources.ConfigMaps, map, User, Token);
        }
    }

    [Fact] // "Propagation status", "Troubleshooting condition status", and "Immutable Fields"
    public async Task The_status_says_where_a_resource_is_and_what_keeps_it_from_being_there()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "fine", $"'template':{{'data':{{'a':'1'}}}},{Everywhere}");
        await DeclareAsync("configmaps", "bad-override",
            $"'template':{{'data':{{'a':'1'}}}},{Everywhere},"
            + "'overrides':[{'clusterName':'cluster2','clusterOverrides':[{'path':'/nothing/there','op':'add','value':'x'}]}]");
        await DeclareAsync("configmaps", "bad-selector",
            "'template':{},'placement':{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'Unheard','values':['b']}]}}");
        await DeclareAsync("deployments.apps", "rejected",
            $"{Deployment},{Everywhere},'overrides':[{{'clusterName':'cluster2','clusterOverrides':[{{'path':'/spec/replicas','value':-1}}]}}]");
        await DeclareAsync("jobs.batch", "immutable", $"{Job},{Everywhere}");
        await SyncAsync();

        var type = await Federation.Types.ResolveAsync("configmaps", Token);
        var condition = (await _cluster1.GetAsync(type.Federated, Key("fine"), Token)).Status!["conditions"]![0]!;
        Assert.Equal(("Propagation", "True"), (condition["type"]!.GetValue<string>(), condition["status"]!.GetValue<string>()));
        foreach (var time in (string[])["lastTransitionTime", "lastUpdateTime"])
        {
            Assert.True(DateTimeOffset.TryParse(condition[time]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture, out _));
        }

        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync("configmaps", "fine"));
        Assert.Equal("False/CheckClusters cluster1=Ok cluster2=ApplyOverridesFailed", await BriefAsync("configmaps", "bad-override"));
        Assert.Equal("False/ComputePlacementFailed", await BriefAsync("configmaps", "bad-selector"));
        Assert.Equal("False/CheckClusters cluster1=Ok cluster2=CreationFailed", await BriefAsync("deployments.apps", "rejected"));

        await EditFederatedAsync("jobs.batch", "immutable", "{'spec':{'template':{'spec':{'completions':3}}}}");
        await SyncAsync();
        Assert.Equal("False/CheckClusters cluster1=UpdateFailed cluster2=UpdateFailed", await BriefAsync("jobs.batch", "immutable"));
        await EditFederatedAsync("jobs.batch", "immutable", "{'spec':{'template':{'spec':{'completions':null}}}}");
        await SyncAsync();
        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync("jobs.batch", "immutable"));

        await CreateNamespaceAsync();
        await DeclareAsync("configmaps", "homeless", $"'template':{{}},{Everywhere}");
        await SyncAsync();
        Assert.Equal("False/NamespaceNotFederated", await BriefAsync("configmaps", "homeless"));
        await KubefedAsync("federate", "namespace", _namespace);
        await WellAsync();
        Assert.Equal("True cluster1=Ok cluster2=Ok", await BriefAsync("configmaps", "homeless"));
    }

    [Fact] // "Deletion policy"
    public async Task Copies_go_with_their_resource_unless_it_says_that_they_stay()
    {
        await StartAsync();
        foreach (var name in (string[])["goes", "stays"])
        {
            await DeclareAsync("deployments.apps", name, $"{Deployment},{Everywhere}");
        }

        await WellAsync();
        var type = await Federation.Types.ResolveAsync("deployments.apps", Token);
        Assert.Contains("kubefed.io/sync-controller", (await _cluster1.GetAsync(type.Federated, Key("goes"), Token)).Metadata["finalizers"]!.ToJsonString());
        await OrphaningAsync("enable", "goes");
        Assert.Equal("Enabled\n", await OrphaningAsync("status", "goes"));
        await OrphaningAsync("disable", "goes");
        Assert.Equal("Disabled\n", await OrphaningAsync("status", "goes"));
        await OrphaningAsync("enable", "stays");

        await DeleteFederatedAsync("deployments.apps", "goes");
        await DeleteFederatedAsync("deployments.apps", "stays");
        Assert.Equal(string.Empty, await WhereAsync(KnownResources.Deployments, Key("goes")));
        Assert.Equal("cluster1 cluster2", await WhereAsync(KnownResources.Deployments, Key("stays")));
        Assert.Null((await _cluster2.GetAsync(KnownResources.Deployments, Key("stays"), Token)).Label(KubeFedNames.ManagedLabel));

        Task<string> OrphaningAsync(string verb, string name) =>
            KubefedAsync("orphaning-deletion", verb, "federateddeployment", name, "-n", _namespace);
    }
}
