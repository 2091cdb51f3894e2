using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Mapping;

internal static class SyncMap
{
    private const string Planned = "Planned";

    public static SyncResult ToOutput(SyncOutcome outcome) => new()
    {
        Name = outcome.Resource.Name,
        Namespace = outcome.Resource.Namespace,
        Type = outcome.Type.Name,
        Cluster = outcome.Cluster,
        Action = ToOutput(outcome.Action),
        Status = IsPlanned(outcome) ? Planned : Status(outcome),
        Message = outcome.Message,
        Written = outcome.Written,
        Succeeded = outcome.Succeeded,
        WhatIf = outcome.DryRun,
        Time = outcome.Time.LocalDateTime,
    };

    /// <summary>A dry run's row that a sync would carry out; OK is what is as declared, or done.</summary>
    private static bool IsPlanned(SyncOutcome outcome) => outcome is
    {
        DryRun: true, Succeeded: true, Reason: PropagationReason.Ok, Aggregate: AggregateReason.None,
        Action: PlanAction.Create or PlanAction.Update or PlanAction.Adopt or PlanAction.Delete or PlanAction.Unmanage,
    };

    /// <summary>The stable reason of an outcome, <c>OK</c> when there is none.</summary>
    public static string Status(SyncOutcome outcome) => outcome switch
    {
        { Aggregate: not AggregateReason.None } => outcome.Aggregate.ToString(),
        { Reason: PropagationReason.Ok } => "OK",
        _ => outcome.Reason.ToString(),
    };

    public static SyncAction ToOutput(PlanAction action) => action switch
    {
        PlanAction.None => SyncAction.None,
        PlanAction.Create => SyncAction.Create,
        PlanAction.Update => SyncAction.Update,
        PlanAction.Adopt => SyncAction.Adopt,
        PlanAction.Delete => SyncAction.Delete,
        PlanAction.Unmanage => SyncAction.Unmanage,
        PlanAction.Wait => SyncAction.Wait,
        PlanAction.Skip => SyncAction.Skip,
        PlanAction.Abandon => SyncAction.Abandon,
        _ => SyncAction.Error,
    };
}
