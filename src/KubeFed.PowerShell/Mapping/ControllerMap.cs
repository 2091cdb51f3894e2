using KubeFed.PowerShell.Controllers;

namespace KubeFed.PowerShell.Mapping;

internal static class ControllerMap
{
    public static Controller ToOutput(RunningController controller, DateTimeOffset now)
    {
        var state = controller.State;
        var well = state.Clusters.Count(cluster => cluster is { Trouble: null, Suspended: false });
        var defect = controller.Running.Exception?.InnerException?.Message;
        return new Controller
        {
            Name = controller.Session.Name,
            KubeFedNamespace = controller.Session.KubeFedNamespace,
            Status = defect is not null ? "Failed" : controller.Running.IsCompleted ? "Stopped" : state.IsSynced ? "Running" : "Starting",
            Resources = state.Types.Sum(type => type.Resources),
            Queue = state.Types.Sum(type => type.Queued + type.InWork),
            Clusters = $"{well}/{state.Clusters.Count}",
            Trouble =
            [
                .. defect is null ? [] : new[] { defect },
                .. controller.Running.IsCompleted ? [] : state.Unsynced.Select(what => $"not known yet: {what}"),
                .. state.Clusters.Where(cluster => cluster.Trouble is not null).Select(cluster => $"{cluster.Name}: {cluster.Trouble}"),
            ],
            Message = [.. controller.Messages],
            Runs = state.Runs,
            MemberWrites = state.MemberWrites,
            HostWrites = state.HostWrites,
            Failures = state.Failures,
            Started = Times.Local(state.Started),
            Age = Times.Since(state.Started, now),
        };
    }
}
