using KubeFed.Engine.Api;
using KubeFed.Host.Cli;
using KubeFed.Host.Tests.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Tests.Manager;

/// <summary>examples/controller-manager: every API server takes it, and the rights it gives are enough.</summary>
public sealed class ManagerManifestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_rights_of_the_example_a_controller_manager_leads_and_a_sync_does_everything()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("enable", "namespaces");
        await bench.OkAsync("enable", "configmaps");
        await ApplyAsync(bench, "10-rights.yaml");
        var original = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "x"));
        await bench.Host.CreateAsync(KnownResources.ConfigMaps, original, WriteOptions.Default, Token);
        await bench.OkAsync("federate", "namespaces", "default");
        await bench.OkAsync("federate", "configmaps", "x", "-n", "default");
        await BecomeAsync(bench, "kubefed-controller");

        var sync = await bench.OkAsync("sync");

        Assert.Contains("federatedconfigmaps.types.kubefed.io/default/x in cluster1 created", sync.Lines);
        Assert.DoesNotContain("Warning", sync.Error, StringComparison.Ordinal);

        await using var manager = ManagerProcess.Start(bench);
        await manager.LogsAsync("promoted as leader: ");
        await manager.PassesAsync("/readyz");
        Assert.Equal(ExitCode.Ok, await manager.StopAsync());
        Assert.Contains("The lease kubefed-controller-manager is given back.", manager.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" warn ", manager.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" error ", manager.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rights_do_not_reach_beyond_the_federation()
    {
        await using var bench = await Bench.StartAsync();
        await ApplyAsync(bench, "10-rights.yaml");
        await BecomeAsync(bench, "kubefed-controller");
        using var client = new KubeClientFactory([bench.Sandbox.Transport]).Create(
            new Kubernetes.Config.KubeConfigLoader().Load(bench.KubeConfig).For(bench.Sandbox.Host.Name));

        foreach (var (resource, @namespace) in new[]
        {
            (KnownResources.Secrets, "kube-system"), (KnownResources.ConfigMaps, KubeFedNames.DefaultSystemNamespace), (KnownResources.Pods, "default"),
        })
        {
            var refused = await Assert.ThrowsAsync<KubeApiException>(() => client.ListAsync(resource, new ListQuery { Namespace = @namespace }, Token));
            Assert.True(refused.IsForbidden);
        }
    }

    [Fact]
    public async Task The_deployment_is_taken_by_the_server_and_probes_what_is_served_with_flags_that_exist()
    {
        await using var bench = await Bench.StartAsync();
        await ApplyAsync(bench, "20-deployment.yaml");

        var deployment = (await ReadAsync("20-deployment.yaml")).Single(value => value.Kind == "Deployment");
        var container = deployment.Spec!["template"]!["spec"]!["containers"]![0]!;
        var help = (await KubefedRun.Of("controller-manager", "--help")).Out;
        string[] args = [.. container["args"]!.AsArray().Select(arg => arg!.GetValue<string>())];

        Assert.Equal("controller-manager", args[0]);
        Assert.All(args[1..], arg => Assert.Matches($@"(^|\s){arg.Split('=')[0]}\b", help));
        Assert.Equal(("/livez", "/readyz"), (Path("livenessProbe"), Path("readinessProbe")));
        Assert.NotEqual("kubefed-controller-manager", deployment.Name); // What the doctor takes for KubeFed's (A-121).

        string Path(string probe) => container[probe]!["httpGet"]!["path"]!.GetValue<string>();
    }

    private static async Task ApplyAsync(Bench bench, string file)
    {
        foreach (var value in await ReadAsync(file))
        {
            var resource = await bench.Host.Discovery.FindAsync(value.Gvk, Token);
            Assert.NotNull(resource);
            await bench.Host.ApplyAsync(resource, value, new WriteOptions { FieldManager = "test" }, Token);
        }
    }

    private static async Task<IReadOnlyList<KubeObject>> ReadAsync(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "examples")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no folder examples above the tests.");
        }

        return await Manifest.ReadFileAsync(Path.Combine(folder.FullName, "examples", "controller-manager", file), Token);
    }

    /// <summary>Makes the bench's kubeconfig act as a service account of the system namespace.</summary>
    private static async Task BecomeAsync(Bench bench, string account)
    {
        var answer = await bench.Host.PostSubresourceAsync(
            KnownResources.ServiceAccounts,
            new ObjectKey(KubeFedNames.DefaultSystemNamespace, account),
            "token",
            KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest"}"""),
            Token);
        var token = answer.Status!["token"]!.GetValue<string>();
        var text = await File.ReadAllTextAsync(bench.KubeConfig, Token);
        Assert.Contains(bench.Sandbox.Host.AdminToken, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(bench.KubeConfig, text.Replace(bench.Sandbox.Host.AdminToken, token, StringComparison.Ordinal), Token);
    }
}
