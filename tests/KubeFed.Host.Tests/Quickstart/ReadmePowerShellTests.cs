using System.Text.RegularExpressions;
using KubeFed.TestSupport.Shells;

namespace KubeFed.Host.Tests.Quickstart;

/// <summary>The README's PowerShell block, run as a reader would run it.</summary>
public sealed partial class ReadmePowerShellTests
{
    [Fact]
    public async Task The_commands_of_the_README_run_on_the_sandbox()
    {
        var root = Path.GetDirectoryName(Transcript.ReadmePath)!;
        var pwsh = await RealPowerShell.RequireAsync();
        if (!File.Exists(Path.Combine(root, "out", "KubeFed", "KubeFed.PowerShell.dll")))
        {
            Assert.Skip("the module is not built: build the solution");
        }

        var readme = await File.ReadAllTextAsync(Transcript.ReadmePath, TestContext.Current.CancellationToken);
        var script = Block().Match(readme).Groups["script"].Value;
        Assert.NotEmpty(script);

        // At a prompt each command has a table of its own; in a script only the first type has.
        const string comparison = "Compare-FederatedResource deployments.apps web -Namespace shop";
        Assert.Contains(comparison + '\n', script, StringComparison.Ordinal);
        script = script.Replace(comparison + '\n', $"{comparison} | Out-String -Width 110\n", StringComparison.Ordinal);
        var run = await pwsh.RunAsync($"$ErrorActionPreference = 'Stop'; $PSStyle.OutputRendering = 'PlainText'\n{script}");

        Assert.True(run.ExitCode == 0 && run.Error.Length == 0, $"exit code {run.ExitCode}\n{run.Error}\n{run.Output}");
        Assert.Equal(
            Comparison().Match(readme).Groups["lines"].Value.Split('\n', StringSplitOptions.TrimEntries),
            Comparison().Match(run.Output.ReplaceLineEndings("\n")).Groups["lines"].Value.Split('\n', StringSplitOptions.TrimEntries));
        Assert.Equal(
            ["2/2", "2/2", "5/5"],
            Workload().Matches(run.Output).Select(match => match.Groups["ready"].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"## In PowerShell, on the sandbox\s+```powershell\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    /// <summary>The table that Compare-FederatedResource prints, in the README as in truth.</summary>
    [GeneratedRegex(@"^(?<lines>NAME +CLUSTER +PATH +ACTUAL +DESIRED +OWNER *\n-[- ]+\n([^\s`].*\n)+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"Ready +: (?<ready>\d/\d)\s+Health +: Healthy")]
    private static partial Regex Workload();
}
