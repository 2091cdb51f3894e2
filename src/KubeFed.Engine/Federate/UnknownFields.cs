using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Federate;

/// <summary>
/// The fields a federated object's <c>spec</c> has, and what to say of any other. The definitions we generate keep unknown fields, so that a mistyped one is
/// found here instead of being dropped by the host: what is left without it means something else, a selector of everything or a placement of nothing.
/// </summary>
/// <remarks>A-94 to A-97: these are all that KubeFed and kubefedctl write; P-60, P-65: clusterSelector and valueTemplate in overrides are ours.</remarks>
public static class UnknownFields
{
    private static readonly Shape Selector = new(
        ("matchLabels", null), ("matchExpressions[]", new Shape(("key", null), ("operator", null), ("values", null))));

    private static readonly Shape Operation = new(("op", null), ("path", null), ("value", null), ("valueTemplate", null));

    private static readonly Shape Override = new(("clusterName", null), ("clusterSelector", Selector), ("clusterOverrides[]", Operation));

    private static readonly Shape Placement = new(("clusters[]", new Shape(("name", null))), ("clusterSelector", Selector));

    private static readonly Shape Spec = new(("template", null), ("placement", Placement), ("overrides[]", Override), ("retainReplicas", null));

    /// <summary>E-92: what counts of a DeleteOptions, and what says that it is one.</summary>
    private static readonly Shape DeleteOptions = new(
        ("gracePeriodSeconds", null), ("propagationPolicy", null), ("preconditions", new Shape(("uid", null), ("resourceVersion", null))), ("apiVersion", null),
        ("kind", null));

    /// <summary>
    /// Those of <c>spec</c> itself that may stand for a known one: their name resembles one, or the template or the placement is missing. Without them copies
    /// would be removed, emptied or written without their overrides.
    /// </summary>
    public static IEnumerable<FieldFault> MistakesInSpec(JsonObject spec) =>
        Own(spec, Spec).Where(name => IsMistake(name, spec)).Select(name => Fault(name, "spec", Spec));

    /// <summary>Those of <c>spec</c> itself that nothing suggests are meant for us. They change nothing.</summary>
    public static IEnumerable<FieldFault> StrangersInSpec(JsonObject spec) =>
        Own(spec, Spec).Where(name => !IsMistake(name, spec)).Select(name => Fault(name, "spec", Spec));

    /// <summary>All in <c>spec.placement</c>.</summary>
    public static IEnumerable<FieldFault> InPlacement(JsonNode? placement) => Within(placement, "spec.placement", Placement);

    /// <summary>All in a label selector.</summary>
    /// <param name="selector">A metav1.LabelSelector as JSON.</param>
    /// <param name="field">Where it stands.</param>
    public static IEnumerable<FieldFault> InSelector(JsonNode? selector, string field) => Within(selector, field, Selector);

    /// <summary>All in the DeleteOptions of an annotation; their fields are named without anything before them.</summary>
    internal static IEnumerable<FieldFault> InDeleteOptions(JsonObject options) => Within(options, string.Empty, DeleteOptions);

    /// <summary>Those of an entry of <c>spec.overrides</c> itself, not of its selector or its operations.</summary>
    internal static IEnumerable<FieldFault> OfOverride(JsonObject entry, string field) => Own(entry, Override).Select(name => Fault(name, field, Override));

    /// <summary>Those of one of its operations.</summary>
    internal static IEnumerable<FieldFault> OfOperation(JsonObject operation, string field) =>
        Own(operation, Operation).Select(name => Fault(name, field, Operation));

    private static bool IsMistake(string name, JsonObject spec) =>
        Spec.Suggestion(name) is not null || LacksPlacement(spec) || spec["template"] is null;

    private static bool LacksPlacement(JsonObject spec) =>
        spec["placement"] is not JsonObject placement || (placement["clusters"] is null && placement["clusterSelector"] is null);

    private static IEnumerable<string> Own(JsonObject map, Shape shape) => map.Select(pair => pair.Key).Where(name => !shape.Has(name));

    /// <summary>What is not of the shape a field must have is for others to report.</summary>
    private static IEnumerable<FieldFault> Within(JsonNode? node, string field, Shape shape) => node switch
    {
        JsonObject map => map.SelectMany(pair => !shape.Has(pair.Key) ? [Fault(pair.Key, field, shape)]
            : shape.Inside(pair.Key) is { } inside ? Within(pair.Value, Below(field, pair.Key), inside)
            : []),
        JsonArray list => list.SelectMany((item, i) => Within(item, $"{field}[{i}]", shape)),
        _ => [],
    };

    private static FieldFault Fault(string name, string field, Shape shape)
    {
        var (hint, remedy) = shape.Suggestion(name) is { } suggestion
            ? ($"did you mean {suggestion}?", $"Write {suggestion}, or remove {name}.")
            : ($"known here {shape.Known}", $"Remove {name}.");
        return new FieldFault("UnknownField", Below(field, name), string.Empty, $"unknown field; {hint}", remedy);
    }

    private static string Below(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";

    /// <summary>The fields of one kind of object; <c>[]</c> marks a list of what is inside.</summary>
    private sealed class Shape
    {
        private readonly Dictionary<string, Shape?> _fields = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _below = new(StringComparer.Ordinal);

        public Shape(params (string Name, Shape? Inside)[] fields)
        {
            foreach (var (written, inside) in fields)
            {
                var name = written.Replace("[]", string.Empty, StringComparison.Ordinal);
                _fields[name] = inside;
                foreach (var below in inside?.Names ?? [])
                {
                    _below.TryAdd(below, $"{written}.{below}");
                }
            }

            Names = [.. _fields.Keys];
        }

        public IReadOnlyList<string> Names { get; }

        /// <summary>The names in a sentence: <c>are a, b and c</c>.</summary>
        public string Known => Names.Count == 1 ? $"is {Names[0]}" : $"are {string.Join(", ", Names.SkipLast(1))} and {Names[^1]}";

        public bool Has(string name) => _fields.ContainsKey(name);

        public Shape? Inside(string name) => _fields[name];

        /// <summary>The field a name may have been meant for: one of here, or one that belongs a level deeper.</summary>
        public string? Suggestion(string name) =>
            NearMatch.Of(name, _fields.Keys) is [var here, ..] ? here : NearMatch.Of(name, _below.Keys) is [var below, ..] ? _below[below] : null;
    }
}
