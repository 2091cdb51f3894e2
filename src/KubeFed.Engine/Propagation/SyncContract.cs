using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation;

/// <summary>What the plan says of one resource in one cluster.</summary>
public enum PlanAction
{
    /// <summary>As desired already.</summary>
    None,
    Create,
    Update,

    /// <summary>Take over an object that exists without our label.</summary>
    Adopt,
    Delete,

    /// <summary>Leave the object and remove our label.</summary>
    Unmanage,

    /// <summary>A deletion is under way in the member.</summary>
    Wait,

    /// <summary>Deliberately left alone; the reason says why.</summary>
    Skip,

    /// <summary>Cannot be decided or done; the reason says why.</summary>
    Error,

    /// <summary>A copy in a cluster that can't be asked is given up, because the request says so.</summary>
    Abandon,
}

/// <summary>What to synchronise; empty lists mean all.</summary>
public sealed record SyncRequest
{
    /// <summary>
    /// Type names as a user gives them: <c>configmaps</c>, <c>Deployment</c>, <c>deploy</c>, <c>deployments.apps</c>; or with wildcards,
    /// which select among the enabled types by plural.group.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Resource names; wildcards allowed, see <see cref="Federate.NamePattern"/>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// Namespaces; wildcards allowed. Resources that have none are then left out, but for those of types that are named without wildcards: as with kubectl, a
    /// namespace means nothing to these.
    /// </summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>
    /// Single resources, when types, names and namespaces would select more than is meant: what any of these selects, of what the others select.
    /// </summary>
    public IReadOnlyList<SyncSelection> Selections { get; init; } = [];

    /// <summary>Only act on, and report, these member clusters.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Do every read, decide, write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// List the federated resources out of the host's watch cache, as controllers do, which costs the host a fraction. The cache may lag behind for a moment:
    /// what was declared just now may be left to the next sync. Nothing is acted on as the cache shows it: a resource with anything to do is read anew first.
    /// </summary>
    public bool FromCache { get; init; }

    /// <summary>
    /// Take over copies that name another federation as their owner, as after the host was restored elsewhere, and objects that nobody labelled, although the
    /// KubeFedConfig says adoptResources: Disabled; without it they are reported and left alone. A resource whose annotation forbids adoption still adopts
    /// nothing. Nothing is deleted by it: what this federation does not declare stays the other's (P-47, P-56).
    /// </summary>
    public bool TakeOver { get; init; }

    /// <summary>
    /// Let a deletion end although some clusters can't be asked: the copies there are given up, each told as <see cref="PlanAction.Abandon"/> (P-36).
    /// </summary>
    public bool AbandonUnreachable { get; init; }

    /// <summary>In a dry run only: plan every resource in reach as if it were being deleted.</summary>
    public bool AssumeDeleted { get; init; }

    /// <summary>
    /// Tell of each name and namespace without wildcards that selects nothing, as an error (<c>FederatedResourceNotFound</c>) that keeps nothing else from
    /// being done. For requests that a person makes; what follows resources about lets them go in silence.
    /// </summary>
    public bool ReportUnmatched { get; init; }

    /// <summary>Resources in work at once; null for 32, or the KubeFedConfig's <c>syncController.maxConcurrentReconciles</c> where that is more.</summary>
    public int? ThrottleLimit { get; init; }

    internal const int UsualThrottle = 32;

    /// <summary>
    /// Just these, by type name and key, whatever else the request says; what carries our label under one of these names although no resource stands behind it
    /// is given back. Null for the rest of the request to decide.
    /// </summary>
    internal IReadOnlySet<(string Type, ObjectKey Key)>? Keys { get; init; }
}

/// <summary>Some resources; null means any.</summary>
/// <param name="Type">A type name as a user gives it; wildcards allowed.</param>
/// <param name="Name">Wildcards allowed.</param>
/// <param name="Namespace">
/// Wildcards allowed; resources that have no namespace are selected by any where the type is named without wildcards, else by none.
/// </param>
public sealed record SyncSelection(string? Type, string? Name, string? Namespace);

/// <summary>What became of one resource in one cluster (or, with a null cluster, of the resource as a whole).</summary>
public sealed record SyncOutcome
{
    public required FederatedType Type { get; init; }

    public required ObjectKey Resource { get; init; }

    /// <summary>Null for an outcome that concerns no single cluster, such as an unusable placement.</summary>
    public string? Cluster { get; init; }

    public required PlanAction Action { get; init; }

    public PropagationReason Reason { get; init; }

    /// <summary>Set on a whole-resource outcome.</summary>
    public AggregateReason Aggregate { get; init; }

    /// <summary>The server's or the planner's text, and what else is worth saying of this run alone; empty when there is nothing to say.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Whether a write to this cluster succeeded; always false in a dry run.</summary>
    public bool Written { get; init; }

    public bool DryRun { get; init; }

    /// <summary>How long the copy is not applied again, because applying it has not helped; null where nothing is held back.</summary>
    public TimeSpan? HeldBack { get; init; }

    /// <summary>False when <see cref="Action"/> or its execution failed.</summary>
    public bool Succeeded { get; init; } = true;

    public required DateTimeOffset Time { get; init; }
}
