namespace KubeFed.PowerShell.Commands;

/// <summary>Lists the preferences that spread the replicas of federated workloads.</summary>
[Cmdlet(VerbsCommon.Get, "ReplicaSchedulingPreference")]
[OutputType(typeof(ReplicaSchedulingPreference))]
public sealed class GetReplicaSchedulingPreferenceCommand : FederationCmdlet
{
    /// <summary>Names of preferences; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The namespace to look in; without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, async operation =>
    {
        foreach (var preference in await SchedulingWork.FindAsync(operation, Name, Namespace).ConfigureAwait(false))
        {
            await operation.Sink.ObjectAsync(SchedulingMap.ToOutput(preference, operation.Now), operation.Stop).ConfigureAwait(false);
        }
    });
}
