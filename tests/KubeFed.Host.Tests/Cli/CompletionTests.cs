using System.Diagnostics;
using KubeFed.TestSupport.Shells;

namespace KubeFed.Host.Tests.Cli;

/// <summary><c>kubefed completion</c>: the candidates themselves, and the scripts in the shells they are for.</summary>
public sealed class CompletionTests : IDisposable
{
    private const string KubeConfig = """
        apiVersion: v1
        kind: Config
        current-context: hub
        clusters:
        - { name: a, cluster: { server: "http://127.0.0.1:9" } }
        contexts:
        - { name: hub, context: { cluster: a } }
        - { name: "kind:east", context: { cluster: a } }
        - { name: "kind:west", context: { cluster: a } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-completion").FullName;

    public CompletionTests() => File.WriteAllText(Path.Combine(_folder, "config"), KubeConfig);

    [Theory]
    [InlineData("kubefed jo", "join")]
    [InlineData("kubefed un", "unjoin")]
    [InlineData("/some/where/kubefed ver", "version")]
    [InlineData("kubefed orphaning-deletion ", "disable enable status")]
    [InlineData("kubefed join --cluster", "--cluster-context")]
    [InlineData("kubefed join x --host-cluster-", "--host-cluster-context --host-cluster-name")]
    [InlineData("kubefed enable configmaps -o ", "yaml")]
    [InlineData("kubefed completion p", "powershell")]
    [InlineData("kubefed controller-manager --log-format ", "json text")]
    [InlineData("kubefed controller-manager --kubefed-", "--kubefed-namespace")]
    [InlineData("kubefed nonsense ", "")]
    [InlineData("kubefed __comp", "")]
    public async Task Verbs_flags_and_their_values_are_completed(string line, string expected) => Assert.Equal(expected, await WordsAsync(line));

    [Theory]
    [InlineData("kubefed join ki", "kind:east kind:west")]
    [InlineData("kubefed join x --cluster-context kind:e", "kind:east")]
    [InlineData("kubefed join x --cluster-context=kind:e", "--cluster-context=kind:east")]
    [InlineData("kubefed enable x --host-cluster-context ", "hub kind:east kind:west")]
    public async Task Contexts_come_from_the_kubeconfig_without_a_request(string line, string expected) =>
        Assert.Equal(expected, await WordsAsync($"{line}", $"--kubeconfig {Path.Combine(_folder, "config")}"));

    [Fact]
    public async Task Types_and_clusters_come_from_the_host()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("enable", "configmaps");
        await bench.OkAsync("enable", "deployments.apps");

        Assert.Equal("configmaps", await AskAsync(bench, "disable", "conf"));
        Assert.Equal("configmaps deployments.apps", await AskAsync(bench, "sync", "--type "));
        Assert.Equal("FederatedDeployment", await AskAsync(bench, "orphaning-deletion status", "FederatedD"));
        Assert.Equal("cluster1", await AskAsync(bench, "unjoin", "cl"));
        Assert.Equal("cluster1", await AskAsync(bench, "sync", "--cluster "));
        Assert.Equal("daemonsets.apps deployments.apps", await AskAsync(bench, "enable", "d"));
        Assert.Equal("statefulsets.apps", await AskAsync(bench, "federate", "statef"));
        Assert.Empty(await AskAsync(bench, "federate", "statefulsets.apps "));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_costs_a_second_at_most_and_usual_types_are_offered()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox.Host.Offline = true;
        var watch = Stopwatch.StartNew();

        Assert.Equal("deployments.apps", await AskAsync(bench, "enable", "dep"));
        Assert.Empty(await AskAsync(bench, "disable", "dep"));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task Without_a_kubeconfig_nothing_is_offered_and_nothing_is_said()
    {
        var run = await KubefedRun.Of("__complete", "kubefed join --kubeconfig /does/not/exist x --cluster-context ");

        Assert.Equal((0, string.Empty, string.Empty), (run.ExitCode, run.Out, run.Error));
    }

    [Theory]
    [InlineData("", "SHELL is required: bash, zsh, fish, powershell")]
    [InlineData("tcsh", "Invalid value for SHELL: tcsh; completion knows bash, zsh, fish, powershell")]
    public async Task A_shell_that_is_missing_or_unknown_is_a_usage_error(string shell, string message)
    {
        var run = await KubefedRun.Of([.. new[] { "completion", shell }.Where(word => word.Length > 0)]);

        Assert.Equal((2, $"Error: {message}\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("kubefed jo", "join")]
    [InlineData("kubefed orphaning-deletion s", "status")]
    [InlineData("kubefed join kind:e", "east")] // Readline keeps what is before the colon.
    [InlineData("kubefed join x --cluster-context=kind:", "east west")]
    [InlineData("kubefed federate -f no-such-", "")]
    public async Task Bash_completes(string line, string expected)
    {
        var output = await ShellAsync("bash", "--noprofile", "--norc", "-c", $$"""
            source <(kubefed completion bash)
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "$COMP_LINE"; COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            $(complete -p kubefed | grep -o -- '-F [^ ]*' | cut -c 4-)
            complete -p kubefed kubefedctl > /dev/null && echo "${COMPREPLY[*]}"
            """);

        Assert.Equal(expected, output);
    }

    [Theory]
    [InlineData("kubefed jo", "join")]
    [InlineData("kubefed join kind:", "kind:east kind:west")]
    [InlineData("kubefed join x --cluster-context ", "hub kind:east kind:west")]
    [InlineData("$x = kubefed orphaning-deletion s", "status")]
    public async Task PowerShell_completes(string line, string expected)
    {
        var pwsh = await RealPowerShell.RequireAsync();
        var run = await pwsh.RunAsync(
            $$"""
            kubefed completion powershell | Out-String | Invoke-Expression
            $line = '{{line}}'
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' '
            """,
            ShellEnvironment());

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(expected, run.Output.Trim());
    }

    [Fact]
    public async Task Zsh_loads_its_script() =>
        Assert.Equal("_kubefed", await ShellAsync(
            "zsh", "-f", "-c", "autoload -Uz compinit && compinit -u -d /dev/null && source <(kubefed completion zsh) && echo ${_comps[kubefed]}"));

    [Fact]
    public async Task Fish_completes() =>
        Assert.Equal("join", (await ShellAsync("fish", "--no-config", "-c", "kubefed completion fish | source; complete -C 'kubefed jo'")).Split('\t')[0]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<string> AskAsync(Bench bench, string verb, string rest) =>
        WordsAsync($"kubefed {verb} --kubeconfig {bench.KubeConfig} {rest}", string.Empty, bench);

    /// <param name="line">The line; its last word is what is completed.</param>
    /// <param name="flags">Put before its last word.</param>
    /// <param name="bench">Clusters to reach, if any.</param>
    private static async Task<string> WordsAsync(string line, string flags = "", Bench? bench = null)
    {
        var last = line.LastIndexOf(' ') + 1;
        var whole = flags.Length == 0 ? line : $"{line[..last]}{flags} {line[last..]}";
        if (flags.Length > 0 && line[..last].TrimEnd().EndsWith("-context", StringComparison.Ordinal))
        {
            // A flag and its value stay together.
            var flag = line[..last].TrimEnd().LastIndexOf(' ') + 1;
            whole = $"{line[..flag]}{flags} {line[flag..]}";
        }

        var run = await KubefedRun.With(bench is null ? [] : [bench.Sandbox.Transport], string.Empty, "__complete", whole);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        return string.Join(' ', run.Lines.Select(text => text.Split('\t')[0]));
    }

    /// <summary>Runs a real shell that finds this build's kubefed first; skips where there is none.</summary>
    private async Task<string> ShellAsync(string shell, params string[] arguments)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        Assert.SkipUnless(path.Any(folder => File.Exists(Path.Combine(folder, shell))), $"{shell} is not installed here");
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in ShellEnvironment())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output.Trim();
    }

    private Dictionary<string, string> ShellEnvironment() => new()
    {
        ["PATH"] = $"{AppContext.BaseDirectory}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
        ["KUBECONFIG"] = Path.Combine(_folder, "config"),
    };
}
