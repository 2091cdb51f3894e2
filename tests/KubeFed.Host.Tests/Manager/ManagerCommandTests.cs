using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Host.Cli;
using KubeFed.Host.Tests.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Tests.Manager;

/// <summary><c>kubefed controller-manager</c> on a sandbox. C-2, C-3, C-20, P-105.</summary>
public sealed class ManagerCommandTests
{
    private static readonly ObjectKey s_lease = new(KubeFedNames.DefaultSystemNamespace, LeaderElection.LockName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_leads_becomes_ready_and_gives_the_lease_back_when_it_is_stopped()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench);

        await manager.LogsAsync("promoted as leader: ");
        Assert.Equal("ok", await manager.PassesAsync("/readyz"));
        Assert.Matches(@"\A\S+_[0-9a-f-]{36}\z", await HolderAsync(bench));

        Assert.Equal(ExitCode.Ok, await manager.StopAsync());
        Assert.Equal(string.Empty, await HolderAsync(bench));
        Assert.Matches(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  controller-manager: KubeFed controller-manager version: version\.Info\{", manager.Log);
        Assert.EndsWith(" info  controller-manager: stopped\n", manager.Log, StringComparison.Ordinal);
    }

    [Fact] // P-105
    public async Task A_second_one_stands_by_is_ready_all_the_same_and_takes_over_when_the_first_stops()
    {
        await using var bench = await Bench.StartAsync();
        await QuickElectionAsync(bench);
        await using var first = ManagerProcess.Start(bench);
        await first.LogsAsync("promoted as leader: ");
        await using var second = ManagerProcess.Start(bench);
        await second.LogsAsync("standing by: ");

        Assert.Equal("ok", await second.PassesAsync("/readyz"));
        Assert.Contains("leader_election_master_status{name=\"kubefed-controller-manager\"} 1\n", (await first.MetricsAsync()).Text, StringComparison.Ordinal);
        Assert.Contains("leader_election_master_status{name=\"kubefed-controller-manager\"} 0\n", (await second.MetricsAsync()).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("promoted as leader", second.Log, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await first.StopAsync());
        await second.LogsAsync("promoted as leader: ");
        await second.PassesAsync("/readyz");
    }

    [Fact] // C-3
    public async Task Losing_the_lease_ends_it_with_1_and_lost_lease()
    {
        await using var bench = await Bench.StartAsync();
        await QuickElectionAsync(bench);
        await using var manager = ManagerProcess.Start(bench);
        await manager.LogsAsync("promoted as leader: ");

        await UsurpAsync(bench);

        Assert.Equal(ExitCode.Failed, await manager.EndAsync());
        Assert.Contains("leader election lost: usurper has it\n", manager.Log, StringComparison.Ordinal);
        Assert.Contains(" error controller-manager: lost lease\n", manager.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_answered_as_API_servers_answer_it()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench);
        await manager.LogsAsync("promoted as leader: ");
        await manager.PassesAsync("/readyz");

        Assert.Equal((200, "ok"), await manager.HealthAsync("/healthz"));
        Assert.Equal((200, "ok"), await manager.HealthAsync("/livez"));
        Assert.Equal((200, "[+]ping ok\n[+]leader-election ok\n[+]controller ok\nlivez check passed\n"), await manager.HealthAsync("/livez?verbose"));
        Assert.Equal(
            (200, "[+]ping ok\n[+]leader-election ok\n[+]controller ok\n[+]startup ok\n[+]sync ok\nreadyz check passed\n"),
            await manager.HealthAsync("/readyz?verbose"));
        Assert.Equal((404, "404 page not found\n"), await manager.HealthAsync("/metrics"));
        Assert.Equal((404, "404 page not found\n"), await manager.MetricsAsync("/healthz"));
    }

    [Fact] // C-100, C-101
    public async Task Metrics_have_the_series_of_every_type_from_the_beginning()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "configmaps");
        await using var manager = ManagerProcess.Start(bench);
        await manager.LogsAsync("promoted as leader: ");
        await manager.PassesAsync("/readyz");

        var (code, text) = await manager.MetricsAsync();

        Assert.Equal(200, code);
        foreach (var result in new[] { "success", "error", "needs_recheck" })
        {
            Assert.Contains($"controller_runtime_reconcile_total{{controller=\"federatedconfigmap\",result=\"{result}\"}} ", text, StringComparison.Ordinal);
        }

        Assert.Contains("workqueue_retries_total{name=\"federatedconfigmap\"} ", text, StringComparison.Ordinal);
        Assert.Contains("cluster_health_status_duration_seconds_bucket{le=\"1000\"} ", text, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_election_it_works_and_touches_no_lease()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench, "--leader-elect=false");

        await manager.PassesAsync("/readyz");

        Assert.DoesNotContain("leader_election_master_status", (await manager.MetricsAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await manager.StopAsync());
        Assert.Null(await bench.Host.FindAsync(KnownResources.Leases, s_lease, Token));
    }

    [Fact] // C-12: KubeFed made a KubeFedConfig that its webhook then refused.
    public async Task Without_a_control_plane_it_says_so_and_ends_with_1()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench, "--kubefed-namespace", "elsewhere");

        Assert.Equal(ExitCode.Failed, await manager.EndAsync());
        Assert.Contains(
            " error controller-manager: A KubeFedConfig named \"kubefed\" was not found in namespace \"elsewhere\".", manager.Log, StringComparison.Ordinal);
    }

    [Fact] // C-4
    public async Task The_rate_flags_are_taken_and_explained()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench, "--rest-config-qps=100.0", "--rest-config-burst", "200");

        await manager.LogsAsync("promoted as leader: ");

        Assert.Contains(" warn  controller-manager: --rest-config-qps has no effect: ", manager.Log, StringComparison.Ordinal);
        Assert.Contains(" warn  controller-manager: --rest-config-burst has no effect: ", manager.Log, StringComparison.Ordinal);
    }

    [Fact] // C-2
    public async Task What_each_flag_comes_to_is_logged_for_those_who_want_to_know_everything()
    {
        await using var bench = await Bench.StartAsync();
        await using (var manager = ManagerProcess.Start(bench, "--v=2", "--leader-elect=false"))
        {
            await manager.PassesAsync("/readyz");
            string[] expected =
            [
                $"--kubeconfig=\"{bench.KubeConfig}\"", "--host-cluster-context=\"host\"", $"--master=\"{bench.Sandbox.Host.ServerUri}\"",
                "--kubefed-namespace=\"kube-federation-system\"", "--healthz-addr=\"127.0.0.1:0\"", "--metrics-addr=\"127.0.0.1:0\"",
                "--leader-elect=\"false\"", "--log-format=\"text\"", "--rest-config-qps=\"\"", "--rest-config-burst=\"\"", "--v=\"2\"",
            ];
            var logged = manager.Log.Split('\n').Where(line => line.Contains(" debug controller-manager: FLAG: ", StringComparison.Ordinal));
            Assert.Equal(expected, logged.Select(line => line[(line.IndexOf("FLAG: ", StringComparison.Ordinal) + 6)..]));
        }

        await using var quiet = ManagerProcess.Start(bench);
        await quiet.PassesAsync("/readyz");
        Assert.DoesNotContain("FLAG: ", quiet.Log, StringComparison.Ordinal);
    }

    [Fact] // C-6: KubeFed deleted the KubeFedConfig and made another.
    public async Task A_scope_that_the_environment_asks_for_is_compared_and_never_made()
    {
        await using var bench = await Bench.StartAsync();
        await using (var same = ManagerProcess.StartWith(bench, "DEFAULT_KUBEFED_SCOPE", "Cluster"))
        {
            await same.PassesAsync("/readyz");
        }

        await using var other = ManagerProcess.StartWith(bench, "DEFAULT_KUBEFED_SCOPE", "Namespaced");
        Assert.Equal(ExitCode.Failed, await other.EndAsync());
        Assert.Contains(
            " error controller-manager: DEFAULT_KUBEFED_SCOPE says Namespaced, and the KubeFedConfig in kube-federation-system says Cluster.\n",
            other.Log,
            StringComparison.Ordinal);
        Assert.Contains(" error controller-manager: A control plane keeps the scope it was installed with.", other.Log, StringComparison.Ordinal);

        await using var wrong = ManagerProcess.StartWith(bench, "DEFAULT_KUBEFED_SCOPE", "Global");
        Assert.Equal(ExitCode.Usage, await wrong.EndAsync());
        Assert.Contains("DEFAULT_KUBEFED_SCOPE: 'Global' is no scope; it is Cluster or Namespaced, or not set", wrong.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_every_line_is_an_object()
    {
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.Start(bench, "--log-format", "json", "--v=2");
        await manager.LogsAsync("promoted as leader: ");
        await manager.StopAsync();

        var lines = manager.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();

        Assert.All(lines, line => Assert.Equal(["time", "level", "logger", "message"], line.Select(field => field.Key).Take(4)));
        var promoted = Assert.Single(lines, line => line["message"]!.GetValue<string>().StartsWith("promoted as leader", StringComparison.Ordinal));
        Assert.Equal(("info", "leader-election"), (promoted["level"]!.GetValue<string>(), promoted["logger"]!.GetValue<string>()));
        Assert.Equal($"promoted as leader: {promoted["fields"]!["identity"]}", promoted["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Its_version_is_told_without_a_host()
    {
        var run = await KubefedRun.Of("controller-manager", "--version");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("KubeFed controller-manager version: version.Info{Version:\"v", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--healthz-addr nowhere", "--healthz-addr: 'nowhere' is no address; give :8080, 127.0.0.1:8080 or [::1]:8080")]
    [InlineData("--metrics-addr :99999", "--metrics-addr: ':99999' is no address;")]
    [InlineData("--metrics-addr ::1:80", "--metrics-addr: '::1:80' is no address;")]
    [InlineData("--log-format xml", "Invalid value for --log-format: xml; give text or json")]
    [InlineData("--kubefed-config f.yaml", "--kubefed-config is not supported: the KubeFedConfig is read from the host")]
    [InlineData("--rest-config-burst many", "Cannot parse argument 'many' for option '--rest-config-burst'")]
    public async Task A_wrong_command_line_is_told_in_one_line_and_exits_with_2(string flags, string message)
    {
        var run = await KubefedRun.Of(["controller-manager", .. flags.Split(' ')]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith($"Error: {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_ends_it_with_1()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var bench = await Bench.StartAsync();
        await using var manager = ManagerProcess.ListeningOn(bench, $"127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}");

        Assert.Equal(ExitCode.Failed, await manager.EndAsync());
        Assert.Contains("address already in use", manager.Log, StringComparison.Ordinal);
    }

    private static async Task<string?> HolderAsync(Bench bench) =>
        (await bench.Host.GetAsync(KnownResources.Leases, s_lease, Token)).Spec?["holderIdentity"]?.GetValue<string>();

    /// <summary>An election whose waits are short, by the means a user has.</summary>
    private static async Task QuickElectionAsync(Bench bench)
    {
        const string Quick = """{"spec":{"leaderElect":{"leaseDuration":"30s","renewDeadline":"20s","retryPeriod":"200ms"}}}""";
        var patch = KubePatch.Merge(JsonNode.Parse(Quick)!.AsObject());
        var key = new ObjectKey(KubeFedNames.DefaultSystemNamespace, KubeFedNames.ConfigName);
        await bench.Host.PatchAsync(CoreResources.KubeFedConfigs, key, patch, WriteOptions.Default, Token);
    }

    private static async Task UsurpAsync(Bench bench)
    {
        var patch = KubePatch.Merge(JsonNode.Parse("""{"spec":{"holderIdentity":"usurper"}}""")!.AsObject());
        await bench.Host.PatchAsync(KnownResources.Leases, s_lease, patch, WriteOptions.Default, Token);
    }
}
