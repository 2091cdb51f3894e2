using System.Xml.Linq;
using KubeFed.TestSupport.Shells;

namespace KubeFed.PowerShell.Tests.Module;

/// <summary>Runs the Pester suite in a PowerShell of its own, where there is one.</summary>
public sealed class PesterTests
{
    [Fact]
    public async Task The_staged_module_passes_its_Pester_suite_in_a_real_PowerShell()
    {
        var pwsh = await RealPowerShell.RequireAsync();
        var pester = Path.Combine(AppContext.BaseDirectory, "Pester", "Pester.psd1");
        var results = Path.Combine(Path.GetTempPath(), $"kubefed-pester-{Guid.NewGuid():n}.xml");
        try
        {
            var suite = Path.Combine(Repository.Root, "tests", "Module");
            var run = await pwsh.RunAsync($$"""
                Import-Module '{{pester}}'
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
}
