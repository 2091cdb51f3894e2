using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Objects;

/// <summary>Reads and checks a <c>metav1.LabelSelector</c>, collecting faults as the API server words them.</summary>
internal sealed class LabelSelectorReader(string path)
{
    private readonly List<LabelRequirement> _requirements = [];
    private readonly List<string> _errors = [];

    public IReadOnlyList<LabelRequirement> Read(JsonNode selector)
    {
        if (selector is not JsonObject map)
        {
            _errors.Add($"{path}: Invalid value: {JsonText.Write(selector)}: must be an object");
        }
        else
        {
            MatchLabels(map["matchLabels"]);
            MatchExpressions(map["matchExpressions"]);
        }

        return _errors.Count == 0 ? _requirements : throw new SelectorException(string.Join("; ", _errors)) { Errors = _errors };
    }

    private void MatchLabels(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return;
            case JsonObject labels:
                foreach (var (key, value) in labels)
                {
                    CheckKey(key, $"{path}.matchLabels");
                    if (Text(value, $"{path}.matchLabels[{key}]") is { } text)
                    {
                        CheckValue(text, $"{path}.matchLabels[{key}]");
                        _requirements.Add(new LabelRequirement(key, LabelOperator.Equal, [text]));
                    }
                }

                return;
            default:
                _errors.Add($"{path}.matchLabels: Invalid value: {JsonText.Write(node)}: must be an object");
                return;
        }
    }

    private void MatchExpressions(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return;
            case JsonArray expressions:
                for (var i = 0; i < expressions.Count; i++)
                {
                    Expression(expressions[i], $"{path}.matchExpressions[{i}]");
                }

                return;
            default:
                _errors.Add($"{path}.matchExpressions: Invalid value: {JsonText.Write(node)}: must be an array");
                return;
        }
    }

    private void Expression(JsonNode? node, string at)
    {
        if (node is not JsonObject expression)
        {
            _errors.Add($"{at}: Invalid value: {JsonText.Write(node)}: must be an object");
            return;
        }

        var key = Text(expression["key"] ?? JsonValue.Create(string.Empty), $"{at}.key") ?? string.Empty;
        var values = Values(expression["values"], $"{at}.values");
        LabelOperator? chosen = (Text(expression["operator"] ?? JsonValue.Create(string.Empty), $"{at}.operator") ?? string.Empty) switch
        {
            "In" => LabelOperator.In,
            "NotIn" => LabelOperator.NotIn,
            "Exists" => LabelOperator.Exists,
            "DoesNotExist" => LabelOperator.DoesNotExist,
            _ => null,
        };
        switch (chosen)
        {
            case LabelOperator.In or LabelOperator.NotIn when values.Count == 0:
                _errors.Add($"{at}.values: Required value: must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case LabelOperator.Exists or LabelOperator.DoesNotExist when values.Count > 0:
                _errors.Add($"{at}.values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case null:
                _errors.Add($"{at}.operator: Invalid value: {JsonText.Write(expression["operator"] ?? JsonValue.Create(string.Empty))}: "
                    + "not a valid selector operator");
                break;
        }

        CheckKey(key, $"{at}.key");
        for (var i = 0; i < values.Count; i++)
        {
            CheckValue(values[i], $"{at}.values[{i}]");
        }

        if (chosen is { } valid)
        {
            _requirements.Add(new LabelRequirement(key, valid, [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]));
        }
    }

    private List<string> Values(JsonNode? node, string at)
    {
        var values = new List<string>();
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (Text(array[i], $"{at}[{i}]") is { } text)
                {
                    values.Add(text);
                }
            }
        }
        else if (node is not null)
        {
            _errors.Add($"{at}: Invalid value: {JsonText.Write(node)}: must be an array");
        }

        return values;
    }

    private void CheckKey(string key, string at) =>
        _errors.AddRange(LabelSyntax.CheckKey(key).Select(error => $"{at}: Invalid value: {JsonText.Write(JsonValue.Create(key))}: {error}"));

    private void CheckValue(string value, string at) =>
        _errors.AddRange(LabelSyntax.CheckValue(value).Select(error => $"{at}: Invalid value: {JsonText.Write(JsonValue.Create(value))}: {error}"));

    private string? Text(JsonNode? node, string at)
    {
        if (node is JsonValue value && value.TryGetValue<string>(out var text))
        {
            return text;
        }

        _errors.Add($"{at}: Invalid value: {JsonText.Write(node)}: must be a string");
        return null;
    }
}
