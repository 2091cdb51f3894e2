namespace KubeFed.Host.Tests.Cli;

/// <summary>cli.md: what a wrong command line is answered with. Nothing is read or written for any of these.</summary>
public sealed class UsageTests
{
    private const string Common = "--kubeconfig --host-cluster-context --kubefed-namespace --dry-run";

    [Theory]
    [InlineData("join", "NAME is required")]
    [InlineData("unjoin", "NAME is required")]
    [InlineData("enable", "NAME is required")]
    [InlineData("disable", "NAME is required")]
    [InlineData("federate", "TYPE-NAME is required")]
    [InlineData("federate configmaps", "RESOURCE-NAME is required")]
    [InlineData("orphaning-deletion status", "resource type is required")] // K-70
    [InlineData("orphaning-deletion enable fdeploy", "resource name is required")] // K-70
    [InlineData("enable configmaps --output json", "Invalid value for --output: json")]
    [InlineData("federate configmaps x -o json", "Invalid value for --output: json")]
    [InlineData("federate configmaps x -t -o yaml", "Flag '--enable-type' cannot be used with '--output [yaml]'")]
    [InlineData("federate configmaps x -f y", "Flag '--filename' does not take any args. Got args: [configmaps x]")]
    [InlineData("disable configmaps --version v1", "--version flag valid only with --delete-crd")]
    [InlineData("disable configmaps --federated-group g.io", "--kubefed-group flag valid only with --delete-crd")]
    [InlineData("join a --host-cluster-name x/y", "--host-cluster-name: Invalid value \"x/y\": may not contain \"/\" or \":\"")]
    [InlineData("join a --no-such-flag", "unknown flag: --no-such-flag")]
    [InlineData("nonsense", "Unrecognized command or argument 'nonsense'.")]
    [InlineData("quickstart --member-context a --member-context b", "the story needs exactly three members; --member-context was given 2 times")]
    public async Task A_wrong_command_line_is_told_in_one_line_and_exits_with_2(string line, string message)
    {
        var run = await KubefedRun.Of(line.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"Error: {message}\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Without_arguments_help_is_printed()
    {
        var run = await KubefedRun.Of();

        Assert.Equal(0, run.ExitCode);
        string[] verbs =
            ["enable", "disable", "federate", "join", "unjoin", "orphaning-deletion", "version", "quickstart", "sync", "controller-manager"];
        foreach (var verb in verbs)
        {
            Assert.Contains(run.Lines, text => text.StartsWith("  " + verb, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("join", "COMMON --cluster-context --host-cluster-name --secret-name --error-on-existing")]
    [InlineData("unjoin", "COMMON --cluster-context --host-cluster-name --force")]
    [InlineData("enable", "COMMON --federated-group --version --federated-version --output --filename")]
    [InlineData("disable", "COMMON --federated-group --version --delete-crd")]
    [InlineData("federate", "COMMON --namespace --output --enable-type --filename --contents --skip-api-resources")]
    [InlineData("orphaning-deletion status", "--kubeconfig --host-cluster-context --namespace")]
    [InlineData("controller-manager", "--kubeconfig --master --kubefed-namespace --healthz-addr --metrics-addr --version")]
    [InlineData("controller-manager", "--rest-config-qps --rest-config-burst --leader-elect --log-format")]
    public async Task Every_verb_has_KubeFeds_flags(string verb, string flags)
    {
        var run = await KubefedRun.Of([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, run.ExitCode);
        foreach (var flag in flags.Replace("COMMON", Common, StringComparison.Ordinal).Split(' '))
        {
            Assert.Matches($@"(^|\s|,){flag}\b", run.Out);
        }
    }

    [Fact]
    public async Task A_flag_written_with_underscores_is_understood_and_warned_about()
    {
        var run = await KubefedRun.Of("join", "--host_cluster_name=x/y", "a");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Warning: --host_cluster_name is taken as --host-cluster-name.\nError: --host-cluster-name:", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--v=4")]
    [InlineData("--logtostderr=true")]
    [InlineData("--stderrthreshold=2")]
    [InlineData("--vmodule=a=1")]
    public async Task The_logging_flags_of_kubefedctl_are_accepted(string flag)
    {
        var run = await KubefedRun.Of("version", flag);

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
    }
}
