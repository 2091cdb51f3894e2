using System.Diagnostics;
using System.Globalization;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Cluster.Tests.Transport;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Cluster.Tests;

/// <summary>The executable on real API servers, stopped for longer than its lease while it writes, and continued. C-3, P-105.</summary>
[Collection(nameof(RealServers))]
public sealed class LeaderStopTests(LeaderStopTests.Clusters servers) : IClassFixture<LeaderStopTests.Clusters>, IDisposable
{
    private const int Declared = 1_000;

    private static readonly WriteOptions User = new() { FieldManager = "user" };
    private static readonly ObjectKey LeaseKey = new(KubeFedNames.DefaultSystemNamespace, LeaderElection.LockName);

    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-stop").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_leader_that_was_stopped_past_its_lease_sends_nothing_when_it_goes_on_and_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");
        var clusters = await servers.GetAsync(Token);
        await using var host = await ForwardingServer.StartAsync(clusters[0], Token);
        await using var member = await ForwardingServer.StartAsync(clusters[1], Token);
        using var admin = new KubeClientFactory().Create(clusters[0].ToConnectionSettings());
        await DeclareAsync(host, member, admin);
        using var process = Start(host);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(Token);
            await UntilAsync(() => Copies(member) >= 50, process, errors);
            await SignalAsync(process, "STOP");

            // Longer than the lease, so that what had left before has arrived and others may lead.
            await Task.Delay(TimeSpan.FromSeconds(10), Token);
            var lease = await admin.GetAsync(KnownResources.Leases, LeaseKey, Token);
            lease.Section("spec")["holderIdentity"] = "successor";
            await admin.ReplaceAsync(KnownResources.Leases, lease, User, Token);
            var (asked, sent, done) = (host.Requests.Count, member.Requests.Count, Copies(member));

            await SignalAsync(process, "CONT");
            await process.WaitForExitAsync(Token);

            Assert.InRange(done, 50, Declared - 1);
            var log = await errors;
            var late = host.Requests.Skip(asked).Concat(member.Requests.Skip(sent)).ToList();
            Assert.True(late.Count == 0, $"sent after the lease was lost:\n{string.Join('\n', late)}\n{log}");
            Assert.Equal(1, process.ExitCode);
            Assert.Contains("lost lease", log, StringComparison.Ordinal);
            Assert.DoesNotContain("defect", log, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
            Assert.Equal("successor", (await admin.GetAsync(KnownResources.Leases, LeaseKey, Token)).Spec!["holderIdentity"]!.GetValue<string>());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Copies(ForwardingServer member) =>
        member.Requests.Count(request => request.StartsWith("PATCH ", StringComparison.Ordinal) && request.Contains("/configmaps/", StringComparison.Ordinal));

    private static async Task DeclareAsync(ForwardingServer host, ForwardingServer member, IKubeClient admin)
    {
        var factory = new KubeClientFactory();
        using var client = factory.Create(host.Settings);
        using var federation = new Federation(new FederationOptions
        {
            Host = client, HostName = "host", Clients = factory, Loggers = NullLoggerFactory.Instance,
        });
        await federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, Token);
        await federation.ControlPlane.EditConfigAsync(
            spec =>
            {
                var leader = spec["leaderElect"]!.AsObject();
                (leader["leaseDuration"], leader["renewDeadline"], leader["retryPeriod"]) = ("9s", "6s", "1s");
            },
            dryRun: false,
            Token);
        await federation.Clusters.JoinAsync(new JoinRequest { Name = "away", Member = member.Settings }, NullSink.Instance, Token);
        await federation.Types.EnableAsync(new EnableRequest { Name = "namespaces" }, NullSink.Instance, Token);
        await federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, Token);
        await admin.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("stop")), User, Token);
        await CreateAsync(await federation.Types.ResolveAsync("namespaces", Token), "stop");
        var maps = await federation.Types.ResolveAsync("configmaps", Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, Declared), Token, async (number, _) => await CreateAsync(maps, $"m{number}"));

        async Task CreateAsync(FederatedType type, string name)
        {
            var value = KubeObject.Create(type.Federated, new ObjectKey("stop", name));
            value.Json["spec"] = KubeObject.Parse("""{"template":{"data":{"a":"1"}},"placement":{"clusterSelector":{}}}""").Json;
            if (type.IsNamespaceType)
            {
                value.Section("spec")["template"] = new System.Text.Json.Nodes.JsonObject();
            }

            await admin.CreateAsync(type.Federated, value, User, Token);
        }
    }

    private Process Start(ForwardingServer host)
    {
        var kubeConfig = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(
            kubeConfig,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: h
            clusters: [{name: h, cluster: {server: "{{host.Settings.Server}}" } }]
            users: [{name: u, user: {token: unused} }]
            contexts: [{name: h, context: {cluster: h, user: u} }]
            """);
        string[] args = ["controller-manager", "--kubeconfig", kubeConfig, "--healthz-addr", "", "--metrics-addr", ""];
        return Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "kubefed"), args) { RedirectStandardError = true })!;
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Token);
    }

    private static async Task UntilAsync(Func<bool> so, Process process, Task<string> errors)
    {
        while (!so())
        {
            Assert.False(process.HasExited, process.HasExited ? $"the controller manager ended by itself:\n{await errors}" : string.Empty);
            await Task.Delay(5, Token);
        }
    }

    /// <summary>Clusters of these tests alone.</summary>
    public sealed class Clusters : RealClustersFixture
    {
        protected override int Count => 2;
    }
}
