namespace KubeFed.PowerShell.Commands;

/// <summary>Removes scheduling preferences. The workloads keep the placement and the replicas they have.</summary>
[Cmdlet(VerbsCommon.Remove, "ReplicaSchedulingPreference", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveReplicaSchedulingPreferenceCommand : FederationCmdlet
{
    /// <summary>Names of preferences; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The preferences' namespace; without it, the context's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!TryRun(Name, operation => SchedulingWork.FindAsync(operation, Name, string.IsNullOrEmpty(Namespace) ? operation.Session.Namespace : Namespace), out var preferences))
        {
            return;
        }

        foreach (var preference in preferences)
        {
            TryChange(
                $"ReplicaSchedulingPreference {preference.Key} in {Open.Name}",
                "Remove",
                async (operation, dryRun) =>
                {
                    await operation.Federation.Scheduling.Preferences.RemoveAsync(preference.Key, dryRun, operation.Stop).ConfigureAwait(false);
                    return true;
                },
                out _);
        }
    }
}
