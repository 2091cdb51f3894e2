using System.Collections;
using KubeFed.Engine.Scheduling;
using EnginePreference = KubeFed.Engine.Scheduling.ClusterPreference;

namespace KubeFed.PowerShell.Commands;

/// <summary>Shows how replicas would be spread, cluster by cluster, and the rules that decide it; nothing is written.</summary>
[Cmdlet(VerbsCommon.Get, "ReplicaSchedulingPlan", DefaultParameterSetName = Live)]
[OutputType(typeof(ClusterPlan))]
public sealed class GetReplicaSchedulingPlanCommand : FederationCmdlet
{
    private const string Live = "Live";
    private const string Given = "Given";

    private readonly List<ClusterState> _states = [];
    private readonly Dictionary<string, EnginePreference> _preferences = new(StringComparer.Ordinal);

    /// <summary>Names of stored preferences, planned from the live state of the clusters; wildcards are allowed. Without it, all.</summary>
    [Parameter(ParameterSetName = Live, Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The preferences' namespace; without it, all.</summary>
    [Parameter(ParameterSetName = Live, ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <summary>Clusters to plan for, without asking any: names, or objects with Name and, as far as they are known, Current and Capacity; MinReplicas, MaxReplicas and Weight are taken as the cluster's preference.</summary>
    [Parameter(ParameterSetName = Given, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public object[] Cluster { get; set; } = [];

    /// <summary>Replicas across all clusters.</summary>
    [Parameter(ParameterSetName = Given, Mandatory = true)]
    public int TotalReplicas { get; set; }

    /// <summary>Cluster names, or * for the others, with a weight or with @{ MinReplicas; MaxReplicas; Weight }; without it, equal weights.</summary>
    [Parameter(ParameterSetName = Given)]
    [ValidateNotNull]
    public IDictionary? ClusterPreference { get; set; }

    /// <summary>Running replicas may move to where the shares want them.</summary>
    [Parameter(ParameterSetName = Given)]
    public SwitchParameter Rebalance { get; set; }

    /// <summary>Compatible for KubeFed's numbers, or Fair.</summary>
    [Parameter(ParameterSetName = Given)]
    [ValidateSet("Compatible", "Fair")]
    public string Mode { get; set; } = "Compatible";

    /// <summary>The workload's namespace/name, which decides between clusters of equal weight.</summary>
    [Parameter(ParameterSetName = Given)]
    [AllowEmptyString]
    public string Key { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // A plan from parameters needs no cluster, and so no session.
        if (ParameterSetName == Live)
        {
            base.BeginProcessing();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == Given)
        {
            foreach (var (state, preference) in OrThrow(() => Cluster.Select(SchedulingInput.Cluster).ToList(), Cluster))
            {
                _states.Add(state);
                if (preference is not null)
                {
                    _preferences[state.Name] = preference;
                }
            }

            return;
        }

        TryRun(Name, async operation =>
        {
            foreach (var preference in await SchedulingWork.FindAsync(operation, Name, Namespace).ConfigureAwait(false))
            {
                await SchedulingWork.ShowAsync(operation, preference).ConfigureAwait(false);
            }
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == Given)
        {
            WriteObject(OrThrow(Plan, ClusterPreference), enumerateCollection: true);
        }
    }

    private IReadOnlyList<ClusterPlan> Plan()
    {
        foreach (var (cluster, entry) in SchedulingInput.Preferences(ClusterPreference) ?? new Dictionary<string, EnginePreference>())
        {
            _preferences[cluster] = entry;
        }

        if (_states.GroupBy(state => state.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InputException("DuplicateCluster", $"-Cluster names '{twice.Key}' twice.", twice.Key) { Remedy = "Give each cluster once." };
        }

        var preference = new SchedulingPreference
        {
            TargetKind = "FederatedDeployment",
            TotalReplicas = TotalReplicas,
            Rebalance = Rebalance,
            Mode = Enum.Parse<SchedulingMode>(Mode, ignoreCase: true),
            Clusters = _preferences,
        };
        var problems = PreferenceValidation.Validate(preference);
        if (problems.FirstOrDefault(problem => problem.Fatal) is { } fatal)
        {
            throw new InputException("InvalidPreference", fatal.Message, fatal.Field) { Remedy = "Correct the number that the message names." };
        }

        foreach (var problem in problems)
        {
            WriteWarning(problem.Message);
        }

        return [.. SchedulingMap.ToOutput(ReplicaPlanner.Plan(preference, Key, _states))];
    }
}
