using System.Diagnostics;
using System.Xml.Linq;

namespace KubeFed.PowerShell.Tests.Module;

/// <summary>Runs the Pester suite in a PowerShell of its own, where there is one.</summary>
public sealed class PesterTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task The_staged_module_passes_its_Pester_suite_in_a_real_PowerShell()
    {
        var pwsh = Find();
        Assert.SkipWhen(pwsh is null, "There is no pwsh on PATH, nor does the variable PWSH name one; install PowerShell 7.6 to run tests/Module.");
        var probe = await RunAsync(pwsh!, "\"$($PSVersionTable.PSVersion) $([bool](Get-Module Pester -ListAvailable | Where-Object Version -ge 5.5))\"");
        Assert.SkipUnless(
            Version.TryParse(probe.Output.Split(' ')[0].Split('-')[0], out var version) && version >= new Version(7, 6),
            $"{pwsh} is PowerShell {probe.Output.Split(' ')[0]}; the module needs 7.6.");
        Assert.SkipUnless(
            probe.Output.TrimEnd().EndsWith("True", StringComparison.Ordinal),
            $"{pwsh} has no Pester 5; run Install-PSResource Pester to run tests/Module.");

        var results = Path.Combine(Path.GetTempPath(), $"kubefed-pester-{Guid.NewGuid():n}.xml");
        try
        {
            var suite = Path.Combine(Repository.Root, "tests", "Module");
            var run = await RunAsync(pwsh!, $$"""
                Import-Module Pester -MinimumVersion 5.5
                $configuration = New-PesterConfiguration
                $configuration.Run.Path = '{{suite}}'
                $configuration.Output.Verbosity = 'None'
                $configuration.TestResult.Enabled = $true
                $configuration.TestResult.OutputFormat = 'NUnitXml'
                $configuration.TestResult.OutputPath = '{{results}}'
                Invoke-Pester -Configuration $configuration
                """);
            Assert.True(File.Exists(results), $"Pester wrote no results: {run.Output}{run.Error}");
            var document = XDocument.Load(results);
            var failures = document.Descendants("test-case")
                .Where(test => test.Attribute("result")?.Value is "Failure" or "Error")
                .Select(test => $"{test.Attribute("name")?.Value}: {test.Descendants("message").FirstOrDefault()?.Value}")
                .ToList();
            Assert.True(failures.Count == 0, string.Join("\n", failures));
            Assert.True((int)document.Root!.Attribute("failures")! + (int)document.Root.Attribute("errors")! == 0, "A Pester file failed outside its tests.");
            Assert.True((int)document.Root.Attribute("total")! > 50, $"Only {document.Root.Attribute("total")?.Value} Pester tests ran.");
        }
        finally
        {
            File.Delete(results);
        }
    }

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("PWSH");
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : null;
        }

        var name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<(string Output, string Error)> RunAsync(string pwsh, string script)
    {
        var start = new ProcessStartInfo(pwsh)
        {
            ArgumentList = { "-NoProfile", "-NonInteractive", "-Command", script },
            // The runner talks to this process over its standard input, and a PowerShell that inherits it would read along.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{pwsh} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (await output, await error);
    }
}
