using KubeFed.Engine.Propagation;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Shows what a sync did, or would do.</summary>
internal static class Outcomes
{
    internal static void Show(Evidence evidence, IEnumerable<SyncOutcome> outcomes)
    {
        evidence.Columns("TYPE", "NAME", "CLUSTER", "ACTION", "RESULT");
        foreach (var outcome in outcomes)
        {
            evidence.Row(outcome.Type.Name, outcome.Resource.Name, outcome.Cluster ?? "-", outcome.Action.ToString(), Result(outcome));
        }
    }

    internal static string Failures(IEnumerable<SyncOutcome> outcomes) =>
        string.Join("; ", outcomes.Where(o => !o.Succeeded).Select(o =>
             $"{o.Type.Name} {o.Resource.Name} in {o.Cluster ?? "all"}: {o.Reason} {o.Message}".TrimEnd()));

    private static string Result(SyncOutcome outcome) => outcome switch
    {
        { Succeeded: false } => $"{outcome.Reason} {outcome.Message}".TrimEnd(),
        { DryRun: true } => "planned",
        { Written: true } => "done",
        _ => "ok",
    };
}
