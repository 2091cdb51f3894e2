using System.Globalization;

namespace KubeFed.Engine.Scheduling;

/// <summary>One thing wrong with a preference.</summary>
/// <param name="Field">Its path: <c>spec.clusters[c1].minReplicas</c>.</param>
/// <param name="Message">Path, value and what is expected, in Kubernetes' words: <c>spec.totalReplicas: Invalid value: -1: must be ...</c>.</param>
/// <param name="Fatal">
/// False when KubeFed has a documented answer for it that <see cref="SchedulingMode.Compatible"/> keeps; such a preference is refused when it is set,
/// and planned with a warning when it is already stored.
/// </param>
public sealed record PreferenceProblem(string Field, string Message, bool Fatal)
{
    public override string ToString() => Message;
}

/// <summary>Finds what is wrong with a preference before it moves replicas.</summary>
/// <remarks>P-90, A-81; the form of the messages is api.md's "Conventions".</remarks>
public static class PreferenceValidation
{
    private const string NotNegative = "must be greater than or equal to 0";

    /// <param name="preference">The preference.</param>
    /// <param name="supportedKinds">The federated kinds that can be scheduled; null when they are not known, which leaves the kind unchecked.</param>
    /// <returns>All problems, in the order of the fields; empty when it is valid.</returns>
    public static IReadOnlyList<PreferenceProblem> Validate(SchedulingPreference preference, IReadOnlyCollection<string>? supportedKinds = null)
    {
        ArgumentNullException.ThrowIfNull(preference);
        var problems = new List<PreferenceProblem>();
        CheckKind(preference.TargetKind, supportedKinds, problems);
        if (preference.TotalReplicas is < 0 or > int.MaxValue)
        {
            problems.Add(Invalid("spec.totalReplicas", preference.TotalReplicas, preference.TotalReplicas < 0 ? NotNegative : "must fit into 32 bits"));
        }

        foreach (var (cluster, entry) in preference.Clusters.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            CheckEntry($"spec.clusters[{cluster}]", cluster, entry, preference.Mode, problems);
        }

        return problems;
    }

    private static void CheckKind(string kind, IReadOnlyCollection<string>? supported, List<PreferenceProblem> problems)
    {
        const string field = "spec.targetKind";
        if (kind.Length == 0)
        {
            problems.Add(new(field, $"{field}: Required value", Fatal: true));
        }
        else if (supported is not null && !supported.Contains(kind, StringComparer.Ordinal))
        {
            var list = string.Join(", ", supported.Order(StringComparer.Ordinal).Select(name => $"\"{name}\""));
            problems.Add(new(field, $"{field}: Unsupported value: \"{kind}\": supported values: {list}", Fatal: true));
        }
    }

    private static void CheckEntry(string path, string cluster, ClusterPreference entry, SchedulingMode mode, List<PreferenceProblem> problems)
    {
        if (cluster.Length == 0)
        {
            problems.Add(new("spec.clusters", "spec.clusters: Invalid value: \"\": a key must be a cluster's name or *", Fatal: true));
        }

        CheckNotNegative($"{path}.minReplicas", entry.MinReplicas, problems);
        if (entry.MaxReplicas is { } maximum)
        {
            CheckNotNegative($"{path}.maxReplicas", maximum, problems);
            if (maximum >= 0 && entry.MinReplicas > maximum)
            {
                var detail = string.Create(CultureInfo.InvariantCulture, $"must be less than or equal to maxReplicas ({maximum})");
                problems.Add(Invalid($"{path}.minReplicas", entry.MinReplicas, detail) with { Fatal = mode != SchedulingMode.Compatible });
            }
        }

        CheckNotNegative($"{path}.weight", entry.Weight, problems);
    }

    private static void CheckNotNegative(string field, long value, List<PreferenceProblem> problems)
    {
        if (value < 0)
        {
            problems.Add(Invalid(field, value, NotNegative));
        }
    }

    private static PreferenceProblem Invalid(string field, long value, string detail) =>
        new(field, string.Create(CultureInfo.InvariantCulture, $"{field}: Invalid value: {value}: {detail}"), Fatal: true);
}
