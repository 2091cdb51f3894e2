using System.Management.Automation;
using System.Reflection;

namespace KubeFed.PowerShell.Tests.Module;

public sealed class CmdletTests
{
    private static readonly string[] s_changing =
        ["Install", "Uninstall", "Join", "Set", "Remove", "Enable", "Disable", "New", "Start", "Stop", "Suspend", "Resume", "ConvertTo", "Invoke", "Add"];

    public static TheoryData<string> Names => [.. CmdletShape.All.Select(shape => shape.Name)];

    [Fact]
    public void The_manifest_exports_exactly_the_cmdlets_there_are() =>
        Assert.Equal(
            CmdletShape.All.Select(shape => shape.Name),
            Repository.ManifestArray(Repository.Manifest, "CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_an_approved_verb(string name)
    {
        var approved = new[]
            {
                typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic), typeof(VerbsLifecycle), typeof(VerbsOther),
                typeof(VerbsSecurity),
            }
            .SelectMany(group => group.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => (string)field.GetRawConstantValue()!);

        Assert.Contains(Find(name).Verb, approved);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_says_what_it_writes(string name) => Assert.True(Find(name).Has<OutputTypeAttribute>());

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_that_changes_something_supports_WhatIf(string name)
    {
        var shape = Find(name);
        Assert.Equal((s_changing.Contains(shape.Verb) && name != "ConvertTo-KubeFedYaml") || name is "Test-KubeFedCluster" or "Wait-FederatedResource", shape.SupportsShouldProcess);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_that_destroys_something_asks(string name)
    {
        var shape = Find(name);

        // An override is a line of a declaration, put back as easily as taken away; Set-FederatedResource -Override does not ask either.
        var destroys = shape.Verb is "Remove" or "Disable" or "Uninstall" && name != "Remove-FederatedOverride";
        Assert.Equal(destroys, shape.ConfirmImpact == "High");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void None_takes_a_secret_as_plain_text(string name) =>
        Assert.DoesNotContain(
            Find(name).Parameters,
            parameter => parameter.PropertyType == typeof(string) && parameter.Name is "Token" or "Password" or "Secret" or "Credential");

    [Theory]
    [MemberData(nameof(Names))]
    public void None_is_a_wildcard_or_a_plural(string name) => Assert.False(Find(name).Noun.EndsWith('s') || name.Contains('*', StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_help_in_MAML_and_in_its_source_for_every_parameter(string name)
    {
        var maml = File.ReadAllText(Path.Combine(Repository.Root, "en-US", "KubeFed.PowerShell.dll-Help.xml"));
        var source = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cmdlets", $"{name}.md"));

        Assert.Contains($"<command:name>{name}</command:name>", maml, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", source, StringComparison.Ordinal);
        foreach (var parameter in Find(name).Parameters)
        {
            Assert.Contains($"### -{parameter.Name}\n", source, StringComparison.Ordinal);
        }
    }

    /// <summary>Before OnImport has run, the engine cannot be loaded: what PowerShell looks at on import must not need it.</summary>
    [Fact]
    public void Nothing_public_touches_a_type_of_the_engine()
    {
        foreach (var type in Repository.Cmdlets.GetExportedTypes())
        {
            const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
            var values = type.GetFields(Public | BindingFlags.NonPublic).Select(field => field.FieldType).Where(field => field.IsValueType);
            var signatures = type.GetMethods(Public)
                .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType));
            var touched = type.GetInterfaces()
                .Append(type.BaseType)
                .Concat(type.GetProperties().Select(property => property.PropertyType))
                .Concat(values)
                .Concat(signatures)
                .Concat(type.GetCustomAttributesData().Select(data => data.AttributeType))
                .OfType<Type>()
                .Select(used => used.Assembly);

            Assert.DoesNotContain(
                touched, used => used != Repository.Cmdlets && used.GetName().Name!.StartsWith("KubeFed.", StringComparison.Ordinal));
        }
    }

    private static CmdletShape Find(string name) => CmdletShape.All.Single(shape => shape.Name == name);
}
