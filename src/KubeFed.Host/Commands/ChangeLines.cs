using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>The lines enable prints, in a dry run too and unmarked.</summary>
/// <remarks>cli.md section 4, output lines.</remarks>
internal static class ChangeLines
{
    internal static void Enabled(TextWriter output, EnableResult enabled, string systemNamespace)
    {
        var definition = KnownResources.CustomResourceDefinitions;
        output.WriteLine(
            $"customresourcedefinition.{definition.Group}/{enabled.CustomResourceDefinition.Name} {Verb(enabled.Changes, definition.Kind)}");
        var config = Verb(enabled.Changes, CoreResources.FederatedTypeConfigs.Kind);
        output.WriteLine($"federatedtypeconfig.{KubeFedNames.CoreGroup}/{enabled.Type.Name} {config} in namespace {systemNamespace}");
    }

    /// <summary>An object that was as it should be counts as updated, as it does for kubefedctl.</summary>
    private static string Verb(IReadOnlyList<Change> changes, string kind) =>
        changes.Any(change => change.ObjectKind == kind && change.Kind == ChangeKind.Create) ? "created" : "updated";
}
