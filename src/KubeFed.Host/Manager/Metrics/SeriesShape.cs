using KubeFed.Engine.Control;

namespace KubeFed.Host.Manager.Metrics;

/// <summary>What is said of a metric beyond its values, and with which labels it always comes, so that it can be there before its first value.</summary>
/// <param name="Help">For people.</param>
/// <param name="Labels">In the order they are written.</param>
/// <remarks>controllers.md section 10, C-100, C-101.</remarks>
internal sealed record SeriesShape(string Help, params string[] Labels)
{
    /// <summary>The metrics dashboards of KubeFed know. Others appear with the labels of their first value.</summary>
    internal static IReadOnlyDictionary<string, SeriesShape> Known { get; } = new Dictionary<string, SeriesShape>
    {
        [ControllerMetrics.Clusters] = new("1 for the state a cluster is in, 0 for the others.", "state", "cluster"),
        [ControllerMetrics.ProbeDuration] = new("Time taken by one probe of a cluster."),
        [ControllerMetrics.ReconcileDuration] = new("Time taken by one run, for all resources it was about."),
        [ControllerMetrics.DispatchDuration] = new("Time taken by one write to a member cluster.", "action"),
        [ControllerMetrics.Reconciles] = new("Resources dealt with.", "controller", "result"),
        [ControllerMetrics.QueueDepth] = new("Resources that are due.", "name"),
        [ControllerMetrics.QueueAdds] = new("Resources that became due.", "name"),
        [ControllerMetrics.Events] = new("What was worth an Event, and what became of it.", "result"),
        [ControllerMetrics.QueueRetries] = new("Resources that are tried again after a failure.", "name"),
    };

    /// <summary>The results a run can have, as a label.</summary>
    internal static IReadOnlyList<string> Results { get; } = ["success", "error", "needs_recheck"];

    /// <summary>The writes to a member that are timed, as a label.</summary>
    internal static IReadOnlyList<string> Actions { get; } = ["create", "update", "delete"];
}
