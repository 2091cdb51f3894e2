using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// All of a resource's <c>spec.overrides</c>. For one cluster, the entries whose selector matches it apply in their order, then the entry that names it, so
/// that a name has the last word. What is wrong with an entry is the trouble of the clusters it concerns alone.
/// </summary>
/// <remarks>E-71 to E-77; P-60; P-61: KubeFed failed every cluster for one bad entry. Repeated paths are carried out in order (P-63).</remarks>
public sealed class OverrideSet
{
    private readonly FieldFault? _unreadable;

    private OverrideSet(IReadOnlyList<OverrideRule> rules, FieldFault? unreadable) => (Rules, _unreadable) = (rules, unreadable);

    /// <summary>Everything that is wrong, whomever it concerns, in the order of the list.</summary>
    public IEnumerable<FieldFault> Faults => _unreadable is not null ? [_unreadable] : Rules.SelectMany(rule => rule.Faults);

    /// <summary>What fails nobody and is probably not meant: entries that concern no cluster, and operations that set null.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Rules.Where(rule => rule.ConcernsNobody).SelectMany(rule => rule.Faults).Select(Text),
        .. Rules.SelectMany(rule => rule.Operations).Where(operation => operation.SetsNull).Select(operation =>
            !operation.LacksValue ? $"{operation.Field} has the value null, so {operation.Path} is set to null."
            : $"{operation.Field} has no value, so {operation.Path} is set to null. If it had a valueTemplate, the definition of this type on the host is too "
                + "old to store it: enable the type again (Enable-KubeFedType), then write the operation again."),
    ];

    /// <summary>Whether anything in it is unknown to KubeFed, which would have carried out something else.</summary>
    public bool IsBeyondKubeFed => Rules.Any(rule => rule.IsBeyondKubeFed);

    /// <summary>The entries, in the order of the list.</summary>
    internal IReadOnlyList<OverrideRule> Rules { get; }

    /// <summary>Reads the overrides of a resource; those of a Secret are told of without their values.</summary>
    public static OverrideSet Of(FederatedResource resource) => Parse(resource.Object.Spec?["overrides"], SecretValues.AreIn(resource.Type));

    /// <summary>Reads the list; every fault ends in the result, never in an exception.</summary>
    /// <param name="overrides">The list.</param>
    /// <param name="secret">Their values belong into a Secret, and are not repeated in what is said of them.</param>
    public static OverrideSet Parse(JsonNode? overrides, bool secret = false)
    {
        if (overrides is not (null or JsonArray))
        {
            // Nobody can say which clusters were meant, so none is safe to write to.
            var value = secret ? string.Empty : JsonText.Write(overrides);
            return new OverrideSet(
                [],
                new FieldFault("InvalidOverride", "spec.overrides", value, "it must be a list", "Write one entry per cluster or selector."));
        }

        var rules = (overrides as JsonArray ?? []).Select((entry, i) => OverrideRule.Read(entry, $"spec.overrides[{i}]", secret)).ToList();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Cluster is { } cluster && !first.TryAdd(cluster, i))
            {
                rules[i].AddRepetition(first[cluster], i);
            }
        }

        return new OverrideSet(rules, null);
    }

    /// <summary>What applies to one cluster; <see cref="ClusterOverrides.None"/> when nothing does.</summary>
    public ClusterOverrides For(ClusterFacts cluster)
    {
        if (_unreadable is not null)
        {
            return ClusterOverrides.Broken(Text(_unreadable));
        }

        if (Rules.Count == 0)
        {
            return ClusterOverrides.None;
        }

        var rules = Rules.Where(rule => rule.Concerns(cluster)).ToList();
        var faults = rules.SelectMany(rule => rule.Faults).ToList();
        if (faults.Count > 0)
        {
            return ClusterOverrides.Broken(faults.Count == 1 ? Text(faults[0]) : $"{Text(faults[0])} ({faults.Count - 1} more faults in spec.overrides)");
        }

        try
        {
            return rules.Count == 0
                ? ClusterOverrides.None
                : ClusterOverrides.Of([.. rules.OrderBy(rule => rule.Cluster is not null).SelectMany(rule => rule.Operations).Select(o => o.For(cluster))]);
        }
        catch (OverrideException error)
        {
            return ClusterOverrides.Broken(error.Message);
        }
    }

    private static string Text(FieldFault fault) => $"{fault.Sentence} {fault.Remedy}";
}

/// <summary>The operations for one cluster, or why there can't be any.</summary>
public sealed class ClusterOverrides
{
    private ClusterOverrides(IReadOnlyList<OverrideOperation> operations, string? error) => (Operations, Error) = (operations, error);

    public static ClusterOverrides None { get; } = new([], null);

    public bool IsNone => Operations.Count == 0 && Error is null;

    /// <summary>In the order they are carried out, their values as the cluster gets them.</summary>
    public IReadOnlyList<OverrideOperation> Operations { get; }

    /// <summary>Why these overrides can't be used; null when they can.</summary>
    public string? Error { get; }

    internal static ClusterOverrides Broken(string error) => new([], error);

    internal static ClusterOverrides Of(IReadOnlyList<OverrideOperation> operations) => new(operations, null);

    /// <summary>The document with every operation carried out in order, or as it was when there are none.</summary>
    /// <exception cref="OverrideException">An operation is malformed or does not fit.</exception>
    public JsonObject Apply(JsonObject document)
    {
        if (Error is not null)
        {
            throw new OverrideException(Error);
        }

        return Operations.Aggregate(document, (current, operation) => operation.Apply(current));
    }
}
