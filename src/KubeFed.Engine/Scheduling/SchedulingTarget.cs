using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>The federated object a preference is about, or why there is none.</summary>
internal sealed record SchedulingTarget(FederatedResource? Resource, ScaleShape? Shape, SchedulingReason Reason, string Message)
{
    /// <remarks>A-80: equal namespace and name, and the kind. P-80: each way to miss it is said.</remarks>
    public static async Task<SchedulingTarget> FindAsync(Federation federation, SchedulingRound round, StoredPreference stored, CancellationToken cancellationToken)
    {
        var kind = stored.Preference.TargetKind;
        var scalable = 0;
        foreach (var type in round.TypesOf(kind))
        {
            if (await round.ShapeAsync(type, cancellationToken).ConfigureAwait(false) is { } shape)
            {
                scalable++;
                if (await federation.Resources.FindAsync(type, stored.Key, cancellationToken).ConfigureAwait(false) is { Object.IsDeleting: false } found)
                {
                    return new(found, shape, SchedulingReason.Scheduled, string.Empty);
                }
            }
        }

        if (scalable > 0)
        {
            return new(null, null, SchedulingReason.TargetNotFound, $"There is no {kind} {stored.Key}; create it, or correct spec.targetKind or the preference's name.");
        }

        var kinds = await round.SupportedKindsAsync(cancellationToken).ConfigureAwait(false);
        var problem = PreferenceValidation.Validate(stored.Preference, kinds).First(candidate => candidate.Field == "spec.targetKind");
        return new(null, null, SchedulingReason.TargetKindNotSupported, $"{problem.Message}. Enable the target's type, or correct the kind.");
    }
}
