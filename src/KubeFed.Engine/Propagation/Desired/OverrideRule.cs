using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>One entry of <c>spec.overrides</c>: which clusters it concerns, what it does there, and what is wrong with it.</summary>
/// <remarks>
/// E-71, P-60. An entry that names a cluster concerns that one, even if it wrongly has a selector too; an entry whose selector can't be read concerns
/// every cluster, because nobody can tell whom it meant, and so does one that has an unknown field where it should have a name or a selector.
/// </remarks>
internal sealed class OverrideRule
{
    private readonly List<FieldFault> _faults = [];
    private bool _everybody;

    private OverrideRule(JsonNode? entry, string field, bool secret)
    {
        Field = field;
        ReadEntry(entry);
        if (secret)
        {
            _faults = [.. _faults.Select(fault => fault.WithoutValue())];
            Operations = [.. Operations.Select(operation => operation with { IsSecret = true })];
        }
    }

    private void ReadEntry(JsonNode? entry)
    {
        if (entry is not JsonObject map)
        {
            _faults.Add(Fault("InvalidOverride", Field, entry, "an entry must be an object", "Write clusterName or clusterSelector, and clusterOverrides."));
            return;
        }

        Cluster = ReadName(map["clusterName"]);
        (Selector, _everybody) = ReadSelector(map["clusterSelector"]);
        var unknown = UnknownFields.OfOverride(map, Field).ToList();
        if (unknown.Count > 0)
        {
            // Any of them may have said which clusters are meant.
            _everybody |= Cluster is null && Selector is null;
            _faults.AddRange(_everybody ? unknown.Select(ForEverybody) : unknown);
        }
        else if (Cluster is null && Selector is null && !_everybody)
        {
            _faults.Add(Fault(
                "InvalidOverride",
                $"{Field}.clusterName",
                map["clusterName"],
                "the entry has neither the name of a cluster nor a clusterSelector, so it concerns nobody and is ignored",
                "Set one of them. If it had a clusterSelector, the definition of this type on the host is too old to store it: enable the type again "
                + "(Enable-KubeFedType), then write the entry again."));
        }

        Operations = ReadOperations(map["clusterOverrides"]);
    }

    /// <summary>Where it stands: <c>spec.overrides[0]</c>.</summary>
    public string Field { get; }

    /// <summary>The cluster it names; null when it names none.</summary>
    public string? Cluster { get; private set; }

    /// <summary>The clusters it selects; null when it names one, or can't be read.</summary>
    public LabelSelector? Selector { get; private set; }

    /// <summary>Those without faults, in their order.</summary>
    public IReadOnlyList<OverrideOperation> Operations { get; private set; } = [];

    public IReadOnlyList<FieldFault> Faults => _faults;

    /// <summary>True when it says nothing of any cluster, so that its faults fail nobody.</summary>
    public bool ConcernsNobody => Cluster is null && Selector is null && !_everybody;

    /// <summary>Whether it has a clusterSelector or a valueTemplate, which KubeFed knew nothing of.</summary>
    public bool IsBeyondKubeFed => Selector is not null || _everybody || Operations.Any(operation => operation.Template is not null);

    public static OverrideRule Read(JsonNode? entry, string field, bool secret) => new(entry, field, secret);

    public bool Concerns(ClusterFacts cluster) => Cluster is not null ? Cluster == cluster.Name : Selector?.Matches(cluster.Labels) ?? _everybody;

    /// <summary>S-29: the same cluster again, after the entry <paramref name="first"/>.</summary>
    public void AddRepetition(int first, int own) => _faults.Add(new FieldFault(
        "DuplicateOverride",
        $"{Field}.clusterName",
        JsonText.Write(Cluster),
        $"cluster '{Cluster}' appears more than once in spec.overrides (entries {first} and {own})",
        "Put all operations of a cluster into one entry."));

    private static FieldFault Fault(string id, string field, JsonNode? value, string message, string remedy) =>
        new(id, field, value is null ? string.Empty : JsonText.Write(value), message, remedy);

    private string? ReadName(JsonNode? node)
    {
        if (node is null)
        {
            return null;
        }

        if (node is JsonValue value && value.TryGetValue<string>(out var text))
        {
            return text.Length == 0 ? null : text;
        }

        _faults.Add(Fault("InvalidOverride", $"{Field}.clusterName", node, "the name of a cluster must be a text", "Write the name of one cluster."));
        return null;
    }

    private (LabelSelector? Selector, bool Everybody) ReadSelector(JsonNode? node)
    {
        var field = $"{Field}.clusterSelector";
        if (node is null)
        {
            return (null, false);
        }

        if (Cluster is not null)
        {
            _faults.Add(Fault(
                "InvalidOverride",
                field,
                node,
                $"the entry names cluster '{Cluster}' as well, and can't mean both",
                $"Keep one of the two; what {Cluster} gets beyond the selected clusters goes into a second entry."));
            return (null, false);
        }

        if (UnknownFields.InSelector(node, field).ToList() is { Count: > 0 } unknown)
        {
            _faults.AddRange(unknown.Select(ForEverybody));
            return (null, true);
        }

        try
        {
            return (LabelSelector.FromJson(node, field), false);
        }
        catch (SelectorException error)
        {
            _faults.AddRange(FieldFault.Of(error).Select(ForEverybody));
            return (null, true);
        }
    }

    private static FieldFault ForEverybody(FieldFault fault) =>
        fault with { Message = $"{fault.Message} (no cluster is written to while nobody can tell which ones are meant)" };

    private List<OverrideOperation> ReadOperations(JsonNode? node)
    {
        var field = $"{Field}.clusterOverrides";
        if (node is not (null or JsonArray))
        {
            _faults.Add(Fault("InvalidOverride", field, node, "it must be a list of operations", "Write one entry per operation, with op, path and value."));
        }

        return [.. (node as JsonArray ?? [])
            .Select((entry, i) => OverrideOperation.Read(entry, $"{field}[{i}]", _faults))
            .OfType<OverrideOperation>()
            .Select(operation => operation with { Selector = Selector })];
    }
}
