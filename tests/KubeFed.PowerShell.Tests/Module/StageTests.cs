using System.Reflection;

namespace KubeFed.PowerShell.Tests.Module;

public sealed class StageTests
{
    [Fact]
    public void The_stage_holds_the_cmdlets_alone_at_its_top_and_what_they_need_in_Dependencies()
    {
        Assert.Equal(["KubeFed.PowerShell.dll"], Names(Repository.Stage, "*.dll"));
        var dependencies = Names(Path.Combine(Repository.Stage, "Dependencies"), "*.dll");
        Assert.Contains("KubeFed.Engine.dll", dependencies);
        Assert.Contains("KubeFed.Kubernetes.dll", dependencies);
        Assert.Contains("KubeFed.Sandbox.dll", dependencies);
        Assert.Contains("SharpYaml.dll", dependencies);
    }

    [Fact]
    public void PowerShell_itself_is_never_shipped() =>
        Assert.Empty(Directory.EnumerateFiles(Repository.Stage, "System.Management.Automation*", SearchOption.AllDirectories));

    [Fact]
    public void Every_dependency_finds_its_own_dependencies_in_the_stage_or_the_framework()
    {
        var folder = Path.Combine(Repository.Stage, "Dependencies");
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        foreach (var file in Directory.EnumerateFiles(folder, "*.dll"))
        {
            using var stream = File.OpenRead(file);
            using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
            var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(reader);
            foreach (var handle in metadata.AssemblyReferences)
            {
                var name = metadata.GetString(metadata.GetAssemblyReference(handle).Name);
                Assert.True(
                    File.Exists(Path.Combine(folder, name + ".dll")) || File.Exists(Path.Combine(framework, name + ".dll")),
                    $"{Path.GetFileName(file)} needs {name}, which is neither staged nor part of the framework.");
            }
        }
    }

    [Fact]
    public void Both_manifests_name_files_that_are_there()
    {
        foreach (var manifest in new[] { Repository.Manifest, Path.Combine(Repository.Stage, "KubeFed.psd1") })
        {
            var folder = Path.GetDirectoryName(manifest)!;
            Assert.True(File.Exists(Path.Combine(folder, Repository.ManifestText(manifest, "RootModule"))), manifest);
            Assert.All(
                Repository.ManifestArray(manifest, "FormatsToProcess"),
                file => Assert.True(File.Exists(Path.Combine(folder, file)), $"{manifest}: {file}"));
            Assert.True(File.Exists(Path.Combine(folder, "en-US", "KubeFed.PowerShell.dll-Help.xml")), manifest);
            Assert.True(File.Exists(Path.Combine(folder, "en-US", "about_KubeFed.help.txt")), manifest);
        }
    }

    [Fact]
    public void The_manifest_has_the_version_of_the_build() =>
        Assert.Equal(
            Repository.Cmdlets.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Repository.ManifestText(Repository.Manifest, "ModuleVersion"));

    [Fact]
    public void Nothing_but_cmdlets_is_exported()
    {
        Assert.Empty(Repository.ManifestArray(Repository.Manifest, "FunctionsToExport"));
        Assert.Empty(Repository.ManifestArray(Repository.Manifest, "AliasesToExport"));
        Assert.Empty(Repository.ManifestArray(Repository.Manifest, "VariablesToExport"));
    }

    [Fact]
    public void Tables_have_at_most_six_columns_and_begin_with_the_name_unless_they_are_grouped_by_it()
    {
        var format = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Stage, "KubeFed.Format.ps1xml"));
        var views = format.Descendants("View").ToList();
        Assert.NotEmpty(views);
        foreach (var view in views)
        {
            var labels = view.Descendants("TableColumnHeader").Select(header => header.Element("Label")!.Value).ToList();
            Assert.InRange(labels.Count, view.Element("TableControl") is null ? 0 : 1, 6);
            Assert.True(labels is [] or ["NAME", ..] || view.Element("GroupBy")?.Value.Contains("$_.Name)", StringComparison.Ordinal) == true, view.Element("Name")!.Value);
            Assert.Equal(labels.Count, view.Descendants("TableColumnItem").Count());
            var type = Repository.Cmdlets.GetType(view.Descendants("TypeName").Single().Value);
            Assert.NotNull(type);
            Assert.All(view.Descendants("PropertyName"), property => Assert.NotNull(type.GetProperty(property.Value)));
        }
    }

    private static IEnumerable<string> Names(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
}
