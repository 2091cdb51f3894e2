using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads <c>-Cluster</c> and <c>-ClusterSelector</c>.</summary>
internal static class PlacementInput
{
    public const string Everywhere = "*";

    /// <returns>Null when neither was given.</returns>
    /// <exception cref="InputException">Both were given, or the selector cannot be read.</exception>
    public static PlacementSpec? Read(IReadOnlyList<string>? clusters, object? selector)
    {
        if (clusters is not null && selector is not null)
        {
            throw new InputException("PlacementAmbiguous", "-Cluster and -ClusterSelector exclude each other: names, where given, win over the selector.", null)
            {
                Remedy = "Give one of the two.",
            };
        }

        if (clusters is not null)
        {
            return clusters.Contains(Everywhere) ? PlacementSpec.All : new PlacementSpec { Clusters = [.. clusters.Distinct(StringComparer.Ordinal)] };
        }

        return selector is null ? null : new PlacementSpec { Selector = Selector(selector) };
    }

    private static JsonObject Selector(object selector)
    {
        if (selector is PSObject { BaseObject: string inner })
        {
            selector = inner;
        }

        if (selector is string text)
        {
            return text.Trim() is "" or Everywhere ? Labels([]) : FromText(text);
        }

        var json = JsonInput.ToJsonObject(selector, "ClusterSelector");
        if (json.ContainsKey("matchLabels") || json.ContainsKey("matchExpressions"))
        {
            LabelSelector.FromJson(json, "-ClusterSelector");
            return json;
        }

        var labels = Labels(json.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.ToString() ?? string.Empty)));
        LabelSelector.FromJson(labels, "-ClusterSelector");
        return labels;
    }

    private static JsonObject FromText(string text)
    {
        var labels = new JsonObject();
        var expressions = new JsonArray();
        foreach (var requirement in LabelSelector.Parse(text).Requirements)
        {
            if (requirement.Operator == LabelOperator.Equal && !labels.ContainsKey(requirement.Key))
            {
                labels[requirement.Key] = requirement.Values[0];
                continue;
            }

            expressions.Add((JsonNode)new JsonObject
            {
                ["key"] = requirement.Key,
                ["operator"] = requirement.Operator switch
                {
                    LabelOperator.Equal or LabelOperator.In => "In",
                    LabelOperator.NotEqual or LabelOperator.NotIn => "NotIn",
                    LabelOperator.Exists => "Exists",
                    LabelOperator.DoesNotExist => "DoesNotExist",
                    _ => throw new InputException("InvalidSelector", $"-ClusterSelector '{text}': clusters can't be compared by '{requirement}'.", text)
                    {
                        Remedy = "Use =, !=, in, notin, key or !key.",
                    },
                },
                ["values"] = new JsonArray([.. requirement.Values.Select(value => JsonValue.Create(value))]),
            });
        }

        var selector = new JsonObject();
        if (labels.Count > 0)
        {
            selector["matchLabels"] = labels;
        }

        if (expressions.Count > 0)
        {
            selector["matchExpressions"] = expressions;
        }

        return selector;
    }

    private static JsonObject Labels(IEnumerable<KeyValuePair<string, string>> labels) =>
        new() { ["matchLabels"] = new JsonObject(labels.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))) };
}
