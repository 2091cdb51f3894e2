using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>The federated object a preference is about, or why there is none.</summary>
internal sealed record SchedulingTarget(FederatedResource? Resource, ScaleShape? Shape, SchedulingReason Reason, string Message)
{
    /// <summary>The group whose types KubeFed scheduled, and no others.</summary>
    private const string KubeFedGroup = "apps";

    /// <remarks>
    /// A-80: equal namespace and name, and the kind. P-80: each way to miss it is said. Where types of several groups share the kind and have such an object,
    /// it is that of KubeFed's group, and else none: the preference can't say which.
    /// </remarks>
    public static async Task<SchedulingTarget> FindAsync(Federation federation, SchedulingRound round, StoredPreference stored, CancellationToken cancellationToken)
    {
        var kind = stored.Preference.TargetKind;
        var scalable = 0;
        var met = new List<(FederatedResource Resource, ScaleShape Shape)>();
        foreach (var type in round.TypesOf(kind))
        {
            if (await round.ShapeAsync(type, cancellationToken).ConfigureAwait(false) is { } shape)
            {
                scalable++;
                if (await federation.Resources.FindAsync(type, stored.Key, cancellationToken).ConfigureAwait(false) is { Object.IsDeleting: false } found)
                {
                    met.Add((found, shape));
                }
            }
        }

        if (met.Count > 0)
        {
            var usual = met.FindIndex(target => target.Resource.Type.Target.Group == KubeFedGroup);
            var (resource, shape) = met[Math.Max(usual, 0)];
            return met.Count == 1 || usual >= 0
                ? new(resource, shape, SchedulingReason.Scheduled, string.Empty)
                : new(null, null, SchedulingReason.TargetKindNotSupported, Ambiguous(stored, met.Select(target => target.Resource.Type.Name)));
        }

        if (scalable > 0)
        {
            return new(null, null, SchedulingReason.TargetNotFound, $"There is no {kind} {stored.Key}; create it, or correct spec.targetKind or the preference's name.");
        }

        var kinds = await round.SupportedKindsAsync(cancellationToken).ConfigureAwait(false);
        var problem = PreferenceValidation.Validate(stored.Preference, kinds).First(candidate => candidate.Field == "spec.targetKind");
        return new(null, null, SchedulingReason.TargetKindNotSupported, $"{problem.Message}. Enable the target's type, or correct the kind.");
    }

    private static string Ambiguous(StoredPreference stored, IEnumerable<string> types) =>
        $"spec.targetKind {stored.Preference.TargetKind} is the kind of {string.Join(" and of ", types)}, and each has a resource {stored.Key}. "
        + "Rename one of these resources, so that the preference's name tells them apart.";
}
