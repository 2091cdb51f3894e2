using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Propagation.Waiting;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// Health of what real controllers say of their objects. The servers have no kubelet, so pods never run by themselves, and nobody gives addresses: what
/// waits for either stays Progressing until the test plays that part.
/// </summary>
public sealed partial class SyncTests
{
    [Fact]
    public async Task P_70_P_76_P_77_Health_of_workloads_is_collected_summed_up_and_costs_nothing_once_it_stands_still()
    {
        await StartAsync();
        await CollectAsync(true);
        try
        {
            await DeclareAsync("deployments.apps", "web", Workload);
            await DeclareAsync("services", "inside", "'template':{'spec':{'selector':{'a':'b'},'ports':[{'name':'http','port':80}]}}");
            await DeclareAsync("services", "outside", "'template':{'spec':{'type':'LoadBalancer','selector':{'a':'b'},'ports':[{'name':'http','port':80}]}}");
            await DeclareAsync("jobs.batch", "once", "'template':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}");
            await DeclareAsync("configmaps", "plain", "'template':{'data':{'a':'1'}}");
            await SyncAsync();
            await WaitUntilAsync(async () =>
            {
                await SyncAsync();
                return (await HealthAsync("deployments.apps", "web")).All(h => h?.Message == "0 of 2 replicas are available")
                    && (await HealthAsync("jobs.batch", "once")).All(h => h?.Message.EndsWith("1 active", StringComparison.Ordinal) == true);
            });

            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Progressing), await SummaryAsync("deployments.apps", "web"));
            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Healthy), await SummaryAsync("services", "inside"));
            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Progressing), await SummaryAsync("services", "outside"));
            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Progressing), await SummaryAsync("jobs.batch", "once"));
            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Healthy), await SummaryAsync("namespaces", _namespace));
            Assert.Equal(new StatusSummary(2, 2, null), await SummaryAsync("configmaps", "plain"));
            Assert.Equal("True away=Ok home=Ok", await BriefAsync("deployments.apps", "web"));
            Assert.Equal("Name=web Propagated=True Clusters=2/2 Health=Progressing Age", await RowAsync("deployments.apps", "web"));
            Assert.Equal("Name=plain Propagated=True Clusters=2/2 Health= Age", await RowAsync("configmaps", "plain"));
            Clear();
            await SyncAsync();
            Assert.Empty(Writes("home").Concat(Writes("away")));

            foreach (var cluster in (IKubeClient[])[_host, _away])
            {
                await RunPodsAsync(cluster);
            }

            var type = await _federation.Types.ResolveAsync("deployments.apps", Token);
            var request = new ResourceWaitRequest
            {
                Resources = [new(type, Key("web"))], For = ResourceWaitFor.Healthy, Timeout = TimeSpan.FromSeconds(60), Sync = true,
            };
            await foreach (var outcome in _federation.Sync.WaitAsync(request, NullSink.Instance, Token))
            {
                Assert.True(outcome.Error is null, outcome.Error?.Message);
            }

            await SyncAsync();
            Assert.Equal(new StatusSummary(2, 2, HealthStatus.Healthy), await SummaryAsync("deployments.apps", "web"));
        }
        finally
        {
            await CollectAsync(false);
        }
    }

    [Fact]
    public async Task P_70_A_namespace_whose_deletion_hangs_says_what_it_waits_for()
    {
        await StartAsync();
        await PutAsync(_away, KnownResources.ConfigMaps, "held", "{'data':{'a':'1'}}");
        await EditAsync(_away, KnownResources.ConfigMaps, "held", "{'metadata':{'finalizers':['example.com/hold']}}");
        var key = ObjectKey.ClusterScoped(_namespace);
        await _away.DeleteAsync(KnownResources.Namespaces, key, DeleteOptions.Default, Token);
        ObjectHealth health = null!;
        await WaitUntilAsync(async () =>
            (health = HealthRules.Judge(await _away.GetAsync(KnownResources.Namespaces, key, Token))).Message.Contains("example.com/hold", StringComparison.Ordinal));
        Assert.Equal(HealthStatus.Progressing, health.Status);
        await EditAsync(_away, KnownResources.ConfigMaps, "held", "{'metadata':{'finalizers':null}}");
    }

    [Fact]
    public async Task S_57_Secrets_of_a_ServiceAccounts_template_stand_beside_the_token_that_the_member_generates()
    {
        await StartAsync();
        if ((await servers.GetAsync(Token)).ServerVersion is { Major: 1, Minor: >= 24 } version)
        {
            Assert.Skip($"Kubernetes {version} generates no token Secrets; before 1.24 it does.");
        }

        await DeclareAsync("serviceaccounts", "robot", "'template':{'secrets':[{'name':'x'}]}");
        await SyncAsync();
        await WaitUntilAsync(async () => (await SecretsAsync()).Count == 2);
        Assert.Contains("x", await SecretsAsync());
        await SyncAsync();
        await EditFederatedAsync("serviceaccounts", "robot", "{'spec':{'template':{'secrets':[{'name':'z'}]}}}");
        await SyncAsync();
        var secrets = await SecretsAsync();
        Assert.Equal(("z", 2), (Assert.Single(secrets, name => !name.StartsWith("robot-token-", StringComparison.Ordinal)), secrets.Count));
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));

        async Task<List<string>> SecretsAsync() => [.. (await _away.GetAsync(KnownResources.ServiceAccounts, Key("robot"), Token)).Json["secrets"]!
            .AsArray().Select(secret => secret!["name"]!.GetValue<string>())];
    }

    [Fact]
    public async Task S_59_A_record_that_is_lost_is_found_again_without_changing_a_copy()
    {
        await StartAsync();
        await DeclareAsync("configmaps", "web", "'template':{'data':{'a':'1'}}");
        await SyncAsync();
        var before = (await _away.GetAsync(KnownResources.ConfigMaps, Key("web"), Token)).ResourceVersion;
        var type = await _federation.Types.ResolveAsync("configmaps", Token);
        await _host.PatchAsync(
            type.Federated, Key("web"), KubePatch.Merge(new JsonObject { ["status"] = null }), User with { Subresource = "status" }, Token);
        Clear();
        await SyncAsync();
        Assert.Single(Writes("away"));
        Assert.Equal(before, (await _away.GetAsync(KnownResources.ConfigMaps, Key("web"), Token)).ResourceVersion);
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));
    }

    private async Task CollectAsync(bool enabled)
    {
        var (gate, home) = (enabled ? "Enabled" : "Disabled", _federation.SystemNamespace);
        await _host.PatchAsync(
            CoreResources.KubeFedConfigs,
            new ObjectKey(home, KubeFedNames.ConfigName),
            KubePatch.Merge(Json($"{{'spec':{{'featureGates':[{{'name':'RawResourceStatusCollection','configuration':'{gate}'}}]}}}}")),
            User,
            Token);
        foreach (var type in Types.Where(type => type != "configmaps"))
        {
            await _host.PatchAsync(
                CoreResources.FederatedTypeConfigs, new ObjectKey(home, type), KubePatch.Merge(Json($"{{'spec':{{'statusCollection':'{gate}'}}}}")), User, Token);
        }
    }

    /// <summary>What kubectl prints of a federated object: the server's own table, without the columns that want -o wide.</summary>
    private async Task<string> RowAsync(string typeName, string name)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        using var client = (await servers.GetAsync(Token))[0].CreateClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/apis/{type.Federated.Group}/{type.Federated.Version}/namespaces/{_namespace}/{type.Federated.Plural}/{name}");
        request.Headers.Add("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        using var response = await client.SendAsync(request, Token);
        var table = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        var cells = table["rows"]![0]!["cells"]!.AsArray();
        return string.Join(' ', table["columnDefinitions"]!.AsArray().Zip(cells)
            .Where(column => column.First!["priority"]!.GetValue<int>() == 0)
            .Select(column => column.First!["name"]!.GetValue<string>() is var title && title == "Age" ? title : $"{title}={column.Second}"));
    }

    private async Task<StatusSummary?> SummaryAsync(string typeName, string name) => (await StatusAsync(typeName, name)).Summary;

    private async Task<IEnumerable<ObjectHealth?>> HealthAsync(string typeName, string name) =>
        (await StatusAsync(typeName, name)).Clusters.Select(cluster => cluster.Health);

    private async Task<PropagationStatus> StatusAsync(string typeName, string name)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        return PropagationStatus.Read(await _host.GetAsync(type.Federated, Key(name), Token));
    }

    /// <summary>What a kubelet would report of the Deployment's pods.</summary>
    private async Task RunPodsAsync(IKubeClient cluster)
    {
        var pods = await cluster.ListAsync(KnownResources.Pods, new ListQuery { Namespace = _namespace, LabelSelector = "a=b" }, Token);
        Assert.Equal(2, pods.Items.Count);
        foreach (var pod in pods.Items)
        {
            await cluster.PatchAsync(
                KnownResources.Pods,
                pod.Key,
                KubePatch.Merge(Json(
                    "{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True','lastTransitionTime':'2026-01-01T00:00:00Z','lastProbeTime':null}]}}")),
                User with { Subresource = "status" },
                Token);
        }
    }
}
