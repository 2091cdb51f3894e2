using KubeFed.Engine;
using KubeFed.Engine.Scheduling;

namespace KubeFed.PowerShell.Commands;

/// <summary>What the scheduling cmdlets have in common.</summary>
internal static class SchedulingWork
{
    /// <summary>The stored preferences that names select; a literal name that meets nothing becomes an error record.</summary>
    public static async Task<IReadOnlyList<StoredPreference>> FindAsync(Operation operation, IReadOnlyList<string>? names, string? @namespace)
    {
        var stored = await operation.Federation.Scheduling.Preferences.ListAsync(string.IsNullOrEmpty(@namespace) ? null : @namespace, operation.Stop).ConfigureAwait(false);
        var filter = new NameFilter(names);
        var found = stored.Where(preference => filter.Matches(preference.Key.Name)).ToList();
        foreach (var name in filter.Unmatched)
        {
            var where = string.IsNullOrEmpty(@namespace) ? string.Empty : $" in namespace '{@namespace}'";
            operation.Sink.Error(new FederationException("PreferenceNotFound", FederationProblem.NotFound, $"There is no ReplicaSchedulingPreference '{name}'{where}.")
            {
                Target = name,
                Remedy = "Get-ReplicaSchedulingPreference lists those there are; Set-ReplicaSchedulingPreference makes one.",
            });
        }

        return found;
    }

    /// <summary>Yields what would be written for a preference, cluster by cluster; one that leads to nothing is an error with the reason as its id.</summary>
    public static async Task ShowAsync(Operation operation, StoredPreference preference)
    {
        var decision = await operation.Federation.Scheduling.PlanAsync(preference, operation.Stop).ConfigureAwait(false);
        foreach (var warning in decision.Warnings)
        {
            operation.Sink.Warning($"{decision.Key}: {warning}");
        }

        if (!decision.HasPlan)
        {
            operation.Sink.Error(new FederationException(decision.Reason.ToString(), Problem(decision.Reason), $"{decision.Key} cannot be scheduled: {decision.Message}") { Target = decision.Key.ToString() });
            return;
        }

        if (decision.Message.Length > 0)
        {
            operation.Sink.Warning($"{decision.Key}: {decision.Message}");
        }

        foreach (var row in SchedulingMap.ToOutput(decision))
        {
            await operation.Sink.ObjectAsync(row, operation.Stop).ConfigureAwait(false);
        }
    }

    private static FederationProblem Problem(SchedulingReason reason) => reason switch
    {
        SchedulingReason.InvalidPreference or SchedulingReason.TargetKindNotSupported => FederationProblem.Invalid,
        SchedulingReason.TargetNotFound => FederationProblem.NotFound,
        _ => FederationProblem.NotReady,
    };
}
