using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What is to be done with one resource in one cluster, and why: one cell of the table of resources and clusters.</summary>
public sealed record CellPlan
{
    public required string Cluster { get; init; }

    public required PlanAction Action { get; init; }

    public PropagationReason Reason { get; init; }

    /// <summary>One printable line, whoever wrote what it repeats.</summary>
    public string Message
    {
        get;
        init => field = Printable.Of(value);
    } = string.Empty;

    /// <summary>What to apply; null for actions that apply nothing.</summary>
    public DesiredObject? Desired { get; init; }

    /// <summary>Replicas to set on creation only, because the member has the say afterwards.</summary>
    public JsonNode? InitialReplicas { get; init; }

    /// <summary>The member's object the plan was made from; null when there is none.</summary>
    public MemberVersion? Version { get; init; }

    /// <summary>The object was written by a KubeFed controller: its field ownership must be taken over before the first apply.</summary>
    public bool TakeOver { get; init; }

    /// <summary>The plan can't be trusted before the object has been looked for by name: it may have lost its label, or never had one.</summary>
    public bool NeedsLook { get; init; }

    /// <summary>The plan refuses unless the member says that applying would change nothing; then it is to be asked, and the plan asked again.</summary>
    public bool NeedsPreview { get; init; }

    /// <summary>All of the object the plan was made from, where it was read.</summary>
    public KubeObject? Content { get; init; }

    /// <summary>What is worth telling of this run, and is not kept on record.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Who else seems to write the copy as if it were its own; null for nobody.</summary>
    public string? Contender { get; init; }

    /// <summary>How to delete (E-92).</summary>
    public DeleteOptions Deletion { get; init; } = DeletionAnnotation.Unannotated;

    /// <summary>Whether the cluster belongs into <c>status.clusters</c> as long as nothing more is done.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>The version to keep on record as long as nothing more is done.</summary>
    public string? ObservedVersion { get; init; }

    /// <summary>The hash to keep on record as long as nothing more is done.</summary>
    public string? AppliedHash { get; init; }

    /// <summary>The remote status to keep on record as long as nothing more is done.</summary>
    public JsonNode? RemoteStatus { get; init; }

    /// <summary>How the copy fares as long as nothing more is done; null when its status was not read.</summary>
    public ObjectHealth? Health { get; init; }

    /// <summary>A write to the member is needed.</summary>
    public bool Writes => Action is PlanAction.Create or PlanAction.Update or PlanAction.Adopt or PlanAction.Delete or PlanAction.Unmanage;

    /// <summary>The namespace stays, without our label, because another federation has copies in it.</summary>
    public bool Spared { get; private init; }

    /// <summary>The same cell with the label taken off instead of the deletion.</summary>
    public CellPlan Spare(string note) => this with { Action = PlanAction.Unmanage, Spared = true, Note = note };

    /// <summary>The result of leaving it at that.</summary>
    public CellResult Stand() => new()
    {
        Cluster = Cluster,
        Action = Action,
        Reason = Reason,
        Message = Message,
        Note = Note,
        Contender = Contender,
        Listed = Listed,
        ObservedVersion = ObservedVersion,
        AppliedHash = AppliedHash,
        RemoteStatus = RemoteStatus,
        Health = Health,
        Succeeded = Action != PlanAction.Error,
    };

    /// <summary>The result of an attempt that failed: what was on record stays there.</summary>
    public CellResult Failed(PropagationReason reason, string message) =>
        Stand() with { Reason = reason, Message = message, Listed = true, Succeeded = false };

    /// <summary>The result of an apply that went through.</summary>
    public CellResult Applied(MemberVersion now) => Stand() with
    {
        Reason = PropagationReason.Ok,
        Message = string.Empty,
        Listed = true,
        ObservedVersion = now.Observed,
        AppliedHash = Desired?.Hash,
        RemoteStatus = now.RemoteStatus,
        Health = now.Health,
        Written = true,
    };

    /// <summary>The result of a removal, of the copy or of its label, that is complete.</summary>
    public CellResult Gone(bool written = true) => Stand() with
    {
        Reason = PropagationReason.Ok,
        Message = string.Empty,
        Listed = false,
        ObservedVersion = null,
        AppliedHash = null,
        RemoteStatus = null,
        Health = null,
        Written = written,
    };

    /// <summary>The result of a delete that the member accepted and has not finished.</summary>
    public CellResult Leaving() => Stand() with
    {
        Reason = PropagationReason.WaitingForRemoval,
        Message = "the member is still removing it; the next sync looks again",
        Health = ObjectHealth.Leaving,
        Listed = true,
        Written = true,
    };
}

/// <summary>What became of one cell.</summary>
public sealed record CellResult
{
    public required string Cluster { get; init; }

    public required PlanAction Action { get; init; }

    public PropagationReason Reason { get; init; }

    /// <summary>One printable line, whoever wrote what it repeats.</summary>
    public string Message
    {
        get;
        init => field = Printable.Of(value);
    } = string.Empty;

    /// <summary>Whether the cluster belongs into <c>status.clusters</c>; false means no copy of ours is left there.</summary>
    public bool Listed { get; init; }

    /// <summary>What is worth telling of this run, and is not kept on record.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Who else seems to write the copy as if it were its own; null for nobody.</summary>
    public string? Contender { get; init; }

    public string? ObservedVersion { get; init; }

    public string? AppliedHash { get; init; }

    public JsonNode? RemoteStatus { get; init; }

    public ObjectHealth? Health { get; init; }

    /// <summary>A write to the member went through.</summary>
    public bool Written { get; init; }

    /// <summary>How long the copy is not applied again, because applying it has not helped; null where nothing is held back.</summary>
    public TimeSpan? HeldBack { get; init; }

    /// <summary>The copy is held back for the first time.</summary>
    public bool IsNews { get; init; }

    public bool Succeeded { get; init; } = true;
}
