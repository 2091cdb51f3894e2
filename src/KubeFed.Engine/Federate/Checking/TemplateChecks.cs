using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Schema;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>
/// Finds what every server refuses in a template of a kind of Kubernetes' own: values of the wrong type, and lists in which two items have the same key. Pure;
/// a copy is looked at as each cluster that an override names gets it.
/// </summary>
/// <remarks>KEP-555: items of a keyed list are told apart by <c>x-kubernetes-list-map-keys</c>.</remarks>
internal static class TemplateChecks
{
    /// <param name="resource">What is declared.</param>
    /// <param name="served">The shape a server publishes of a kind that is not Kubernetes' own; null where none was asked.</param>
    public static IEnumerable<FieldFault> Run(FederatedResource resource, TypeSchema? served = null)
    {
        var source = new DesiredSource(resource);
        if (source.Error is not null)
        {
            return [];
        }

        var faults = new List<FieldFault>();
        foreach (var (cluster, whose) in Concerned(resource).Prepend((new ClusterFacts(string.Empty, new Dictionary<string, string>()), string.Empty)))
        {
            try
            {
                var copy = source.For(cluster).Json;
                var found = new List<FieldFault>();
                if ((BuiltInShapes.Of(copy) ?? served) is { } shape)
                {
                    Walk(copy, shape, "spec.template", copy.Text("kind") == "Secret", found);
                }

                faults.AddRange(found.Where(fault => !faults.Exists(known => known.Field == fault.Field && known.Id == fault.Id)).Select(fault =>
                    whose.Length == 0 ? fault : fault with { Message = $"with the overrides for {whose}, {fault.Message}" }));
            }
            catch (OverrideException)
            {
                // What is wrong with the override is a fault of its own.
            }
        }

        return faults;
    }

    /// <summary>The clusters that overrides name, and for every selector one that it matches.</summary>
    private static IEnumerable<(ClusterFacts Cluster, string Whose)> Concerned(FederatedResource resource)
    {
        foreach (var rule in OverrideSet.Parse(resource.Overrides).Rules.Where(rule => !rule.ConcernsNobody))
        {
            yield return rule.Cluster is { } name
                ? (new ClusterFacts(name, new Dictionary<string, string>()), name)
                : (new ClusterFacts(string.Empty, Matching(rule.Selector)), $"the clusters that {rule.Field} selects");
        }
    }

    /// <summary>Labels that satisfy a selector; what it wants absent is.</summary>
    private static Dictionary<string, string> Matching(LabelSelector? selector) =>
        (selector?.Requirements ?? []).Where(requirement => requirement.Operator is LabelOperator.Equal or LabelOperator.In or LabelOperator.Exists)
            .GroupBy(requirement => requirement.Key, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key, group => group.SelectMany(requirement => requirement.Values).FirstOrDefault(string.Empty), StringComparer.Ordinal);

    private static void Walk(JsonNode? node, TypeSchema type, string path, bool isSecret, List<FieldFault> faults)
    {
        switch (node)
        {
            case null:
                break;
            case JsonObject map when type.Kind is ValueKind.Object or ValueKind.Map:
                foreach (var (key, child) in map)
                {
                    Walk(child, type.Member(key), Below(path, key), isSecret, faults);
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                Repetitions(list, type, path, faults);
                for (var i = 0; i < list.Count; i++)
                {
                    Walk(list[i], type.Items, $"{path}[{i}]", isSecret, faults);
                }

                break;
            default:
                // Labels, annotations and sections of another shape are reported where the template as a whole is looked at.
                if (Expected(node, type) is { } expected && path.Count(c => c == '.') > 1)
                {
                    faults.Add(Mistyped(node, expected, path, isSecret));
                }

                break;
        }
    }

    private static void Repetitions(JsonArray list, TypeSchema type, string path, List<FieldFault> faults)
    {
        if (!type.IsGranularList)
        {
            return;
        }

        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            if (Missing(list[i], type) is { } missing)
            {
                faults.Add(new FieldFault(
                    "MissingListKey",
                    $"{path}[{i}]",
                    string.Empty,
                    $"it has no {missing}, by which the items of this list are told apart, and servers refuse to apply such a list",
                    $"Give it its {missing}."));
            }
            else if (Key(list[i], type) is { } key && !first.TryAdd(key, i))
            {
                var same = type.Keys.Count == 0 ? "value" : string.Join(" and ", type.Keys);
                faults.Add(new FieldFault(
                    "DuplicateListKey",
                    $"{path}[{i}]",
                    key,
                    $"item {first[key]} of this list has the same {same}, and servers refuse to apply such a list",
                    "Keep one of the two. A KubeFed controller sent such a list as it is; of environment variables, containers get the last."));
            }
        }
    }

    /// <summary>The key that an item lacks; null where it has all, or a server gives it one that can be told apart.</summary>
    private static string? Missing(JsonNode? item, TypeSchema list) => item is not JsonObject map ? null : list.Keys.FirstOrDefault(name =>
        map[name] is null && (!list.Items.Fields.TryGetValue(name, out var field) || field.Default is null));

    /// <summary>What tells an item apart; null for one that lacks it, which says nothing.</summary>
    private static string? Key(JsonNode? item, TypeSchema list)
    {
        if (list.Topology == ListTopology.Set)
        {
            return item is JsonValue value ? FederatedResourceValidation.Show(value) : null;
        }

        if (item is not JsonObject map)
        {
            return null;
        }

        var keys = new JsonObject();
        foreach (var name in list.Keys)
        {
            var given = map[name] ?? (list.Items.Fields.TryGetValue(name, out var field) ? field.KeyDefault : null);
            if (given is null)
            {
                return null;
            }

            keys[name] = given.DeepClone();
        }

        return FederatedResourceValidation.Show(keys);
    }

    private static string? Expected(JsonNode node, TypeSchema type)
    {
        var kind = node.GetValueKind();
        return type.Kind switch
        {
            ValueKind.String or ValueKind.Bytes or ValueKind.Time when kind != JsonValueKind.String => "a text",
            ValueKind.Quantity or ValueKind.IntOrString when kind is not (JsonValueKind.String or JsonValueKind.Number) => "a text or a number",
            ValueKind.Integer or ValueKind.Number when kind != JsonValueKind.Number => "a number",
            ValueKind.Boolean when kind is not (JsonValueKind.True or JsonValueKind.False) => "true or false",
            ValueKind.Object or ValueKind.Map when node is not JsonObject => "a map",
            ValueKind.List when node is not JsonArray => "a list",
            _ => null,
        };
    }

    private static FieldFault Mistyped(JsonNode node, string expected, string path, bool isSecret)
    {
        var remedy = (expected, node.GetValueKind()) switch
        {
            ("a text", JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) =>
                "Put it in quotes; YAML reads 8080, 1.0, true, yes and on without quotes as no text.",
            ("a number" or "true or false", JsonValueKind.String) => "Write it without quotes.",
            _ => $"Write {expected}.",
        };
        return new FieldFault("InvalidTemplateValue", path, isSecret ? string.Empty : FederatedResourceValidation.Show(node), $"it must be {expected}", remedy);
    }

    private static string Below(string path, string key) => key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"{path}.{key}" : $"{path}[{key}]";
}
