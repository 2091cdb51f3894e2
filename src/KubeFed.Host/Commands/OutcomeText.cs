using KubeFed.Engine.Propagation;

namespace KubeFed.Host.Commands;

/// <summary>What became of a resource in a cluster, as one line.</summary>
internal static class OutcomeText
{
    internal static string Line(SyncOutcome outcome)
    {
        var what = $"{outcome.Type.Federated.QualifiedName}/{outcome.Resource}";
        var where = outcome.Cluster is null ? string.Empty : $" in {outcome.Cluster}";
        var why = outcome.Reason == PropagationReason.Ok ? string.Empty : $" ({outcome.Reason})";
        var message = outcome.Message.Length == 0 ? string.Empty : $": {outcome.Message}";
        return $"{what}{where} {Verb(outcome)}{why}{message}{(outcome.DryRun ? " (dry run)" : string.Empty)}";
    }

    private static string Verb(SyncOutcome outcome) => outcome.Action switch
    {
        _ when !outcome.Succeeded => "failed",
        PlanAction.None => "unchanged",
        PlanAction.Create => "created",
        PlanAction.Update => "updated",
        PlanAction.Adopt => "adopted",
        PlanAction.Delete => "deleted",
        PlanAction.Unmanage => "released",
        PlanAction.Wait => "waiting",
        PlanAction.Skip => "skipped",
        PlanAction.Abandon => "given up",
        _ => "failed",
    };
}
