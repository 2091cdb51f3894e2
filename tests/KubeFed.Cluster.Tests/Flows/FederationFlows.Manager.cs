using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Host.Tests.Manager;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Flows;

/// <content>The executable's controller manager, with the identity and the rights that its example gives it.</content>
public abstract partial class FederationFlows
{
    [Fact]
    public async Task C_3_C_20_P_105_Controller_managers_with_the_examples_rights_lead_propagate_and_hand_over()
    {
        const string Home = "flow-manager";
        const string Shop = "flow-manager-shop";
        using var fleet = await InstalledAsync(Home);
        foreach (var name in new[] { "namespaces", "configmaps", "deployments.apps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var maps = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings, LeastPrivilege = true }, NullSink.Instance, None);
        using var member = fleet.Factory.Create(settings);
        await MergeAsync(fleet, CoreResources.KubeFedConfigs, new ObjectKey(Home, KubeFedNames.ConfigName),
            """{"spec":{"leaderElect":{"leaseDuration":"30s","renewDeadline":"20s","retryPeriod":"200ms"}}}""");
        var kubeConfig = Path.GetTempFileName();
        try
        {
            await GiveRightsAsync(fleet, Home);
            var token = (await MemberTokenAsync(fleet.Host, Home, "kubefed-controller")).Status!["token"]!.GetValue<string>();
            await File.WriteAllTextAsync(kubeConfig, KubeConfig(fleet.Clusters[0], token), None);
            await AreGivenAsync(fleet, token, Home);

            // The first leads and is ready; the second stands by and is ready too.
            await using var first = ManagerProcess.Start(kubeConfig, fleet.Transports, "--kubefed-namespace", Home);
            await first.LogsAsync("promoted as leader: ");
            Assert.Equal("ok", await first.PassesAsync("/readyz"));
            await using var second = ManagerProcess.Start(kubeConfig, fleet.Transports, "--kubefed-namespace", Home);
            await second.LogsAsync("standing by: ");
            Assert.Equal("ok", await second.PassesAsync("/readyz"));

            var web = new ObjectKey(Shop, "web");
            await EnsureNamespaceAsync(fleet.Host, Shop);
            await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
            await DeclareAsync(fleet, "configmaps", Shop, "web", """{"template":{"data":{"a":"1"}},"placement":{"clusterSelector":{}}}""");
            await EventuallyAsync(async () => await DataAsync(web) == "1");
            await EventuallyAsync(async () => await StandAsync("configmaps") == "Running");
            await EventuallyAsync(async () => (await ReasonsAsync()).Contains("CreateInCluster"));

            // Replicas are scheduled with these rights too.
            await DeclareAsync(fleet, "deployments.apps", Shop, "web", """
                {"template":{"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
                "spec":{"containers":[{"name":"c","image":"nginx"}]}}}},"placement":{"clusterSelector":{}}}
                """);
            await fleet.Federation.Scheduling.Preferences.SetAsync(
                web, new() { TargetKind = "FederatedDeployment", TotalReplicas = 3, Rebalance = true }, dryRun: false, None);
            await EventuallyAsync(async () =>
                (await member.FindAsync(KnownResources.Deployments, web, None))?.Spec?["replicas"]?.GetValue<long>() == 3);

            // What the member refuses, for its data is no base64, is told as well. It goes again, as the other flows share these servers.
            await DeclareAsync(fleet, "configmaps", Shop, "bad", """{"template":{"binaryData":{"a":"%"}},"placement":{"clusterSelector":{}}}""");
            await EventuallyAsync(async () => (await ReasonsAsync()).Contains("CreateInClusterFailed"));
            await GoesAsync(new ObjectKey(Shop, "bad"));

            // The first is stopped as Kubernetes stops a pod; the second goes on where it left off.
            Assert.Equal(ExitCode.Ok, await first.StopAsync());
            await second.LogsAsync("promoted as leader: ");
            Assert.Equal("ok", await second.PassesAsync("/readyz"));
            await MergeAsync(fleet, maps.Federated, web, """{"spec":{"template":{"data":{"a":"2"}}}}""");
            await EventuallyAsync(async () => await DataAsync(web) == "2");
            await EventuallyAsync(async () => await StandAsync("configmaps") == "Running");

            await fleet.Host.DeleteAsync(CoreResources.ReplicaSchedulingPreferences, web, DeleteOptions.Default, None);
            await GoesAsync(web, "deployments.apps");
            await GoesAsync(web);
            Assert.Null(await member.FindAsync(KnownResources.ConfigMaps, web, None));

            // The last one leaves nobody waiting.
            Assert.Equal(ExitCode.Ok, await second.StopAsync());
            Assert.Equal("NotRunning", await StandAsync("configmaps"));
            var lease = await fleet.Host.GetAsync(KnownResources.Leases, new ObjectKey(Home, LeaderElection.LockName), None);
            Assert.Equal(string.Empty, lease.Spec!["holderIdentity"]!.GetValue<string>());
            foreach (var log in new[] { first.Log, second.Log })
            {
                Assert.DoesNotContain($"system:serviceaccount:{Home}", log, StringComparison.Ordinal); // Servers name whom they refuse.
                Assert.DoesNotContain("can't be written", log, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(kubeConfig);
        }

        async Task GoesAsync(ObjectKey key, string type = "configmaps")
        {
            var federated = (await fleet.Federation.Types.ResolveAsync(type, None)).Federated;
            await fleet.Host.DeleteAsync(federated, key, DeleteOptions.Default, None);
            await EventuallyAsync(async () => await fleet.Host.FindAsync(federated, key, None) is null);
        }

        async Task<string?> DataAsync(ObjectKey key) => (await member.FindAsync(KnownResources.ConfigMaps, key, None))?.Json["data"]?["a"]?.GetValue<string>();

        async Task<string?> StandAsync(string type)
        {
            var stored = await fleet.Host.GetAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(Home, type), None);
            return stored.Status?["propagationController"]?.GetValue<string>();
        }

        async Task<IReadOnlyList<string>> ReasonsAsync()
        {
            var events = await fleet.Host.ListAsync(KnownResources.Events, new ListQuery { Namespace = Shop }, None);
            return [.. events.Items.Select(found => found.Json["reason"]!.GetValue<string>())];
        }
    }

    /// <summary>What examples/controller-manager gives its service account, in this control plane's namespace.</summary>
    private static async Task GiveRightsAsync(Fleet fleet, string home)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "examples")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no folder examples above the tests.");
        }

        var values = await Manifest.ReadFileAsync(Path.Combine(folder.FullName, "examples", "controller-manager", "10-rights.yaml"), None);
        foreach (var text in values.Select(value => value.Json.ToJsonString().Replace(KubeFedNames.DefaultSystemNamespace, home, StringComparison.Ordinal)))
        {
            var value = KubeObject.Parse(text);
            await fleet.Host.ApplyAsync((await fleet.Host.Discovery.FindAsync(value.Gvk, None))!, value, new WriteOptions { FieldManager = "test" }, None);
        }
    }

    /// <summary>A server learns of roles and bindings a moment after it has taken them.</summary>
    private static async Task AreGivenAsync(Fleet fleet, string token, string home)
    {
        using var account = fleet.Factory.Create(fleet.Clusters[0] with { Credentials = new TokenCredentials(token) });
        var maps = (await fleet.Federation.Types.ResolveAsync("configmaps", None)).Federated;
        await EventuallyAsync(async () =>
        {
            try
            {
                await account.ListAsync(maps, new ListQuery(), None);
                await account.ListAsync(CoreResources.FederatedTypeConfigs, new ListQuery { Namespace = home }, None);
                return true;
            }
            catch (KubeApiException error) when (error.IsForbidden)
            {
                return false;
            }
        });
    }

    /// <summary>A kubeconfig that connects to the host as a service account, and with nothing else.</summary>
    private static string KubeConfig(ConnectionSettings settings, string token)
    {
        var cluster = new JsonObject { ["server"] = settings.Server.ToString() };
        if (settings.CertificateAuthority is { } authority)
        {
            cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = settings.Name,
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "host", ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject
            {
                ["name"] = "controller", ["user"] = new JsonObject { ["token"] = token },
            }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = settings.Name, ["context"] = new JsonObject { ["cluster"] = "host", ["user"] = "controller" },
            }),
        }.ToJsonString();
    }
}
