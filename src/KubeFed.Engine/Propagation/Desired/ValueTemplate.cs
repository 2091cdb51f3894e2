using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>An operation's <c>valueTemplate</c>: JSON in which every text may refer to the cluster, as <see cref="ClusterText"/> says.</summary>
/// <remarks>P-65. Names of members stay as they are, and a text stays a text whatever it is expanded to.</remarks>
internal static class ValueTemplate
{
    /// <summary>What is said of one that can't be read where its text must not be repeated.</summary>
    public const string DiscreetError = "it has a reference that can't be read: write ${cluster.name}, ${cluster.labels.<label>} or "
        + "${cluster.labels['<label>']}, each closed, or '$${' for a '${' that means itself";

    /// <summary>What can't be read in it, with the place: <c>.containers[0].image</c>, or nothing for the whole.</summary>
    public static IEnumerable<(string Place, string Text, string Error)> Check(JsonNode? template) => Texts(template, string.Empty)
        .Select(found => (found.Place, found.Text, Error: ClusterText.TryParse(found.Text, out _, out var error) ? null : error))
        .Where(found => found.Error is not null)
        .Select(found => (found.Place, found.Text, found.Error!));

    /// <summary>The value for one cluster.</summary>
    /// <param name="template">The template, or a part of it.</param>
    /// <param name="cluster">Whose name and labels are put in.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="secret">The value belongs into a Secret, and is not repeated in an error.</param>
    /// <exception cref="OverrideException">The cluster lacks a label; names field, label and remedy.</exception>
    public static JsonNode? Expand(JsonNode? template, ClusterFacts cluster, string field, bool secret) => template switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Expand(pair.Value, cluster, $"{field}.{pair.Key}", secret)))),
        JsonArray list => new JsonArray([.. list.Select((item, i) => Expand(item, cluster, $"{field}[{i}]", secret))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Expand(text, cluster, field, secret),
        _ => template?.DeepClone(),
    };

    private static JsonValue Expand(string text, ClusterFacts cluster, string field, bool secret)
    {
        var shown = secret ? string.Empty : $"{Excerpt.Of(JsonText.Write(text))}: ";
        if (!ClusterText.TryParse(text, out var parsed, out var error))
        {
            throw new OverrideException($"{field}: {shown}{(secret ? DiscreetError : error)}");
        }

        return parsed.TryExpand(cluster, out var expanded, out var missing)
            ? JsonValue.Create(expanded)
            : throw new OverrideException(
                $"{field}: {shown}cluster '{cluster.Name}' has no label '{missing}'; give it one (Set-KubeFedCluster {cluster.Name} "
                + $"-Label @{{ '{missing}' = '...' }}), or write a default: ${{cluster.labels['{missing}']:-...}}");
    }

    private static IEnumerable<(string Place, string Text)> Texts(JsonNode? node, string place) => node switch
    {
        JsonObject map => map.SelectMany(pair => Texts(pair.Value, $"{place}.{pair.Key}")),
        JsonArray list => list.SelectMany((item, i) => Texts(item, $"{place}[{i}]")),
        JsonValue value when value.TryGetValue<string>(out var text) => [(place, text)],
        _ => [],
    };
}
