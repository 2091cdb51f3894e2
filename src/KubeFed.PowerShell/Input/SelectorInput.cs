using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Reads the labels of clusters: <c>env=prod,tier in (a,b)</c>, <c>*</c> for every cluster, a map of labels, or a LabelSelector. The result is a
/// metav1.LabelSelector.
/// </summary>
internal static class SelectorInput
{
    public const string Everywhere = "*";

    /// <param name="selector">What the user gave.</param>
    /// <param name="parameter">The parameter it came in by, for error messages.</param>
    /// <exception cref="SelectorException">It is no selector; the message names the fault.</exception>
    /// <exception cref="InputException">It is no text and no map, or compares in a way that clusters can't be compared.</exception>
    public static JsonObject Read(object selector, string parameter)
    {
        if (selector is PSObject { BaseObject: string inner })
        {
            selector = inner;
        }

        if (selector is string text)
        {
            return text.Trim() switch
            {
                // kubectl takes it for everything, but it is what an unset variable expands to.
                "" => throw new InputException("InvalidSelector", $"-{parameter} '{text}' is empty, and would select every cluster.", text)
                {
                    Remedy = "Write * to mean every cluster, or select by label: label=value.",
                },
                Everywhere => Labels([]),
                _ => FromText(text, parameter),
            };
        }

        var json = JsonInput.ToJsonObject(selector, parameter);
        if (json.ContainsKey("matchLabels") || json.ContainsKey("matchExpressions") || json.Any(pair => pair.Value is JsonObject or JsonArray))
        {
            // No label has a map for its value, so a LabelSelector was meant, and what it does not know would select something else (E-42).
            if (UnknownFields.InSelector(json, $"-{parameter}").ToList() is { Count: > 0 } unknown)
            {
                throw new InputException("InvalidSelector", FieldFault.Together(unknown), json.ToJsonString())
                {
                    Remedy = string.Join(" ", unknown.Select(fault => fault.Remedy).Distinct(StringComparer.Ordinal)),
                };
            }
        }
        else
        {
            json = Labels(json.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.ToString() ?? string.Empty)));
        }

        LabelSelector.FromJson(json, $"-{parameter}");
        return json;
    }

    private static JsonObject FromText(string text, string parameter)
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
                    _ => throw new InputException("InvalidSelector", $"-{parameter} '{text}': clusters can't be compared by '{requirement}'.", text)
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
