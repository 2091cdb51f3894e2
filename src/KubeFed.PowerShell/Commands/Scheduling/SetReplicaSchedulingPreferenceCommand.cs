using System.Collections;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>Says how the replicas of a federated workload are to be spread over clusters. What no parameter names stays as it is.</summary>
[Cmdlet(VerbsCommon.Set, "ReplicaSchedulingPreference", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ReplicaSchedulingPreference), typeof(ClusterPlan))]
public sealed class SetReplicaSchedulingPreferenceCommand : FederationCmdlet
{
    /// <summary>The federated workload's name, which becomes the preference's.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>The workload's namespace; without it, the context's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <summary>The federated kind, or the type by plural, kind, short name or plural.group. Needed for a new preference.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Type")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string? TargetKind { get; set; }

    /// <summary>Replicas across all clusters. Needed for a new preference.</summary>
    [Parameter(Position = 1)]
    public int TotalReplicas { get; set; }

    /// <summary>All entries from now on: cluster names, or * for the others, with a weight or with @{ MinReplicas; MaxReplicas; Weight }; @{} for equal weights everywhere.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? ClusterPreference { get; set; }

    /// <summary>Whether running replicas may move to where the shares want them.</summary>
    [Parameter]
    public bool Rebalance { get; set; }

    /// <summary>Whether only clusters count that both the workload's and the namespace's selector select.</summary>
    [Parameter]
    public bool IntersectWithClusterSelector { get; set; }

    /// <summary>Compatible for KubeFed's numbers; Fair for shares rounded to the nearest, never more than the total, and moves in steps.</summary>
    [Parameter]
    [ValidateSet("Compatible", "Fair")]
    public string? Mode { get; set; }

    /// <summary>Whether clusters planned to zero leave the placement, so that the workload is deleted there.</summary>
    [Parameter]
    public bool OmitEmptyCluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var entries = OrThrow(() => SchedulingInput.Preferences(ClusterPreference), ClusterPreference);
        var target = $"ReplicaSchedulingPreference {Name} in {Open.Name}";
        if (IsWhatIf)
        {
            if (TryRun(Name, async operation => await SchedulingWork.ShowAsync(operation, await SetAsync(operation, entries, dryRun: true).ConfigureAwait(false)).ConfigureAwait(false)))
            {
                ShouldProcess(target, "Set");
            }

            return;
        }

        if (ShouldProcess(target, "Set") && TryRun(Name, operation => SetAsync(operation, entries, dryRun: false), out var stored))
        {
            WriteObject(SchedulingMap.ToOutput(stored, Now));
        }
    }

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private async Task<StoredPreference> SetAsync(Operation operation, IReadOnlyDictionary<string, Engine.Scheduling.ClusterPreference>? entries, bool dryRun)
    {
        var store = operation.Federation.Scheduling.Preferences;
        var key = new ObjectKey(string.IsNullOrEmpty(Namespace) ? operation.Session.Namespace : Namespace, Name);
        var stored = await store.FindAsync(key, operation.Stop).ConfigureAwait(false);
        if (stored is null && (TargetKind is null || !Given(nameof(TotalReplicas))))
        {
            throw new InputException("PreferenceIncomplete", $"There is no ReplicaSchedulingPreference {key} yet, so -TargetKind and -TotalReplicas are needed.", Name)
            {
                Remedy = "Give both, such as -TargetKind deployments -TotalReplicas 9.",
            };
        }

        var before = stored?.Preference ?? new SchedulingPreference();
        var preference = before with
        {
            TargetKind = TargetKind is null ? before.TargetKind : await KindAsync(operation, TargetKind).ConfigureAwait(false),
            TotalReplicas = Given(nameof(TotalReplicas)) ? TotalReplicas : before.TotalReplicas,
            Clusters = entries ?? before.Clusters,
            Rebalance = Given(nameof(Rebalance)) ? Rebalance : before.Rebalance,
            IntersectWithClusterSelector = Given(nameof(IntersectWithClusterSelector)) ? IntersectWithClusterSelector : before.IntersectWithClusterSelector,
            Mode = Mode is null ? before.Mode : Enum.Parse<SchedulingMode>(Mode, ignoreCase: true),
            OmitEmptyClusters = Given(nameof(OmitEmptyCluster)) ? OmitEmptyCluster : before.OmitEmptyClusters,
        };
        return await store.SetAsync(key, preference, dryRun, operation.Stop).ConfigureAwait(false);
    }

    /// <summary>A federated kind is taken as it is, so that a wrong one meets the engine's own words; anything else is a type's name.</summary>
    private static async Task<string> KindAsync(Operation operation, string word) => word.StartsWith("Federated", StringComparison.Ordinal)
        ? word
        : (await operation.Federation.Types.ResolveAsync(word, operation.Stop).ConfigureAwait(false)).Federated.Kind;
}
