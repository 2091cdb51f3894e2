using KubeFed.Engine.Types;

namespace KubeFed.Host.Commands;

/// <summary>The lines disable prints, each when its step is made, so that a run that fails has told how far it came.</summary>
/// <remarks>cli.md section 5. A dry run ends after the first step there, and prints no other.</remarks>
internal sealed class DisableLines(TextWriter output, bool dryRun) : IProgress<DisableStep>
{
    public void Report(DisableStep value)
    {
        if (!dryRun || value.Stage == DisableStage.ConfigMissing)
        {
            output.WriteLine(Line(value));
        }
    }

    private static string Line(DisableStep step) => step.Stage switch
    {
        DisableStage.ConfigMissing => $"FederatedTypeConfig \"{step.Name}\" does not exist",
        DisableStage.PropagationDisabled => $"Disabled propagation for FederatedTypeConfig \"{step.Name}\"",
        DisableStage.Stopping => $"Verifying propagation controller is stopped for FederatedTypeConfig \"{step.Name}\"",
        DisableStage.Stopped => $"Propagation controller for FederatedTypeConfig \"{step.Name}\" is stopped",
        DisableStage.DefinitionDeleted => $"customresourcedefinition \"{step.Name}\" deleted",
        DisableStage.DefinitionMissing => $"customresourcedefinition \"{step.Name}\" does not exist",
        DisableStage.ConfigDeleted => $"federatedtypeconfig \"{step.Name}\" deleted",
        _ => throw new ArgumentOutOfRangeException(nameof(step), step.Stage, "no such step"),
    };
}
