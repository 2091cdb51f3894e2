using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Flows;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>
/// A tenant who may write federated resources in one namespace tries to lead the federation's requests elsewhere, on real API servers: to another group's
/// kind of the same name, and by a path to the proxy of another namespace's service.
/// </summary>
[Collection(nameof(RealServers))]
public sealed class TargetIdentityTests(TwoClusters servers)
{
    private const string Elsewhere = "x/../../api/v1/namespaces/kube-system/services/http:dash:80/proxy/admin/run?cmd=1&";

    private static readonly ApiResource EvilMaps = new("evil.io", "v1", "ConfigMap", "configmaps", Namespaced: true);

    private readonly string _namespace = $"identity-{Guid.NewGuid():N}"[..18];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("evil.io/v1")]
    [InlineData(Elsewhere)]
    public async Task E_53_A_tenants_template_and_override_lead_no_request_to_another_group_or_path(string apiVersion)
    {
        using var fleet = await StartAsync();
        var type = await fleet.Federation.Types.ResolveAsync("configmaps", Token);
        await DeclareAsync(fleet, type.Federated, "template", new JsonObject { ["apiVersion"] = apiVersion, ["data"] = new JsonObject { ["a"] = "b" } }, null);
        await DeclareAsync(fleet, type.Federated, "override", [], apiVersion);
        await DeclareAsync(fleet, type.Federated, "fine", new JsonObject { ["apiVersion"] = "v1", ["data"] = new JsonObject { ["a"] = "b" } }, null);
        fleet.ClearCounts();

        await SyncAsync(fleet);

        Assert.Equal("first=ComputeResourceFailed second=ComputeResourceFailed", await BriefAsync(fleet, type.Federated, "template"));
        Assert.Equal("first=Ok second=ApplyOverridesFailed", await BriefAsync(fleet, type.Federated, "override"));
        Assert.Equal("first=Ok second=Ok", await BriefAsync(fleet, type.Federated, "fine"));
        Assert.All(fleet.Requests, request => Assert.DoesNotContain("/apis/evil.io", request.Path, StringComparison.Ordinal));
        Assert.All(fleet.Requests, request => Assert.DoesNotContain("/proxy", request.Path, StringComparison.Ordinal));
        Assert.All(fleet.Writes, write => Assert.Contains($"/namespaces/{_namespace}", write.Path, StringComparison.Ordinal));
        Assert.Empty((await fleet.Host.ListAsync(EvilMaps, new ListQuery { Namespace = _namespace }, Token)).Items);
        var findings = await fleet.Federation.ControlPlane.ExamineAsync(askMembers: false, NullSink.Instance, Token);
        Assert.Equal(2, findings.Count(finding => finding.Id == "ResourceInvalid" && finding.Message.Contains("apiVersion", StringComparison.Ordinal)
            || finding.Id == "ResourceInvalid" && finding.Message.Contains("clusterOverrides[0].value", StringComparison.Ordinal)));

        await RemoveAsync(fleet, type.Federated, "template", "override", "fine");

        Assert.Empty((await fleet.Host.ListAsync(KnownResources.ConfigMaps, new ListQuery { Namespace = _namespace, LabelSelector = "kubefed.io/managed" }, Token)).Items);
    }

    private async Task<Fleet> StartAsync()
    {
        var clusters = await servers.GetAsync(Token);
        var fleet = new Fleet([.. clusters.Clusters.Select(cluster => cluster.ToConnectionSettings())], "kubefed-identity-tests", []);
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        foreach (var (name, settings) in new[] { ("first", fleet.Clusters[0]), ("second", fleet.Clusters[1]) })
        {
            await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = name, Member = settings }, NullSink.Instance, Token);
            using var client = fleet.Factory.Create(settings);
            await DefineAsync(client);
        }

        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, Token);
        }

        await fleet.Host.CreateAsync(
            KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(_namespace)), WriteOptions.Default, Token);
        var namespaces = await fleet.Federation.Types.ResolveAsync("namespaces", Token);
        var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = namespaces, Key = new ObjectKey(_namespace, _namespace), Template = [], Placement = PlacementSpec.All,
        });
        await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, Token);
        return fleet;
    }

    /// <summary>ConfigMaps of another group, in the same plural.</summary>
    private static async Task DefineAsync(IKubeClient client)
    {
        var definition = KubeObject.Parse(
            """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"configmaps.evil.io"},
             "spec":{"group":"evil.io","scope":"Namespaced","names":{"plural":"configmaps","kind":"ConfigMap"},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """);
        try
        {
            await client.CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, Token);
        }
        catch (KubeApiException there) when (there.IsAlreadyExists)
        {
            // The other case of this test made it.
        }

        while (await client.Discovery.FindAsync(EvilMaps.Gvk, Token) is null)
        {
            await Task.Delay(100, Token);
        }
    }

    /// <summary>Past the product's own checks, as kubectl would.</summary>
    private async Task DeclareAsync(Fleet fleet, ApiResource type, string name, JsonObject template, string? overridden)
    {
        var value = KubeObject.Create(type, new ObjectKey(_namespace, name));
        value.Json["spec"] = new JsonObject { ["template"] = template, ["placement"] = new JsonObject { ["clusterSelector"] = new JsonObject() } };
        if (overridden is not null)
        {
            var operation = new JsonObject { ["path"] = "/apiVersion", ["value"] = overridden };
            value.Spec!["overrides"] = new JsonArray(new JsonObject { ["clusterName"] = "second", ["clusterOverrides"] = new JsonArray(operation) });
        }

        await fleet.Host.CreateAsync(type, value, WriteOptions.Default, Token);
    }

    private async Task RemoveAsync(Fleet fleet, ApiResource type, params string[] names)
    {
        foreach (var name in names)
        {
            await fleet.Host.DeleteAsync(type, new ObjectKey(_namespace, name), DeleteOptions.Default, Token);
        }

        await SyncAsync(fleet);
        Assert.Empty((await fleet.Host.ListAsync(type, new ListQuery { Namespace = _namespace }, Token)).Items);
    }

    private async Task SyncAsync(Fleet fleet)
    {
        await foreach (var outcome in fleet.Federation.Sync.RunAsync(new SyncRequest { Namespaces = [_namespace] }, NullSink.Instance, Token))
        {
            Assert.NotNull(outcome);
        }
    }

    private async Task<string> BriefAsync(Fleet fleet, ApiResource type, string name) => string.Join(
        ' ', PropagationStatus.Read(await fleet.Host.GetAsync(type, new ObjectKey(_namespace, name), Token)).Clusters.Select(c => $"{c.Name}={c.Reason}"));
}
