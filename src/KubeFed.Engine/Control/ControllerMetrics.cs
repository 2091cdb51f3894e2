namespace KubeFed.Engine.Control;

/// <summary>The names of the instruments a <see cref="FederationController"/> makes, as KubeFed's dashboards know them.</summary>
/// <remarks>controllers.md section 10, C-100, C-101. Durations are seconds.</remarks>
public static class ControllerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Meter = "KubeFed";

    /// <summary>Gauge: 1 for the state a cluster is in, 0 for the others. Tags <c>state</c> (ready, notready, offline) and <c>cluster</c>.</summary>
    public const string Clusters = "kubefedcluster_total";

    /// <summary>Histogram: one probe of a cluster.</summary>
    public const string ProbeDuration = "cluster_health_status_duration_seconds";

    /// <summary>Histogram: one run, for all resources it was about.</summary>
    public const string ReconcileDuration = "reconcile_federated_resources_duration_seconds";

    /// <summary>Histogram: one write to a member. Tag <c>action</c> (create, update, delete).</summary>
    public const string DispatchDuration = "dispatch_operation_duration_seconds";

    /// <summary>
    /// Counter: resources dealt with. Tags <c>controller</c> (the federated kind, lower case) and <c>result</c> (success, error, needs_recheck).
    /// </summary>
    public const string Reconciles = "controller_runtime_reconcile_total";

    /// <summary>Gauge: resources that are due. Tag <c>name</c> (the federated kind, lower case).</summary>
    public const string QueueDepth = "workqueue_depth";

    /// <summary>Counter: resources that became due. Tag <c>name</c>.</summary>
    public const string QueueAdds = "workqueue_adds_total";

    /// <summary>Counter: resources that are tried again after a failure. Tag <c>name</c>.</summary>
    public const string QueueRetries = "workqueue_retries_total";

    /// <summary>Counter, ours: how often a copy was not applied yet again, because applying the same had not helped before. Tag <c>cluster</c>.</summary>
    public const string HeldBack = "kubefed_applies_held_back_total";

    /// <summary>
    /// Counter, ours: what was worth an Event. Tag <c>result</c>: created, raised (the count of one that was there), limited (its object has too many), dropped
    /// (too many were waiting), failed (the host did not take it).
    /// </summary>
    public const string Events = "kubefed_events_total";

    /// <summary>KubeFed's buckets for durations (set B1), which are no advice to every exporter and so are given by name.</summary>
    public static IReadOnlyList<double> DurationBuckets { get; } =
        [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5, 25, 27.5, 30, 50, 75, 100, 1000];
}
