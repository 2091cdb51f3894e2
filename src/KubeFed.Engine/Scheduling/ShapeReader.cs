using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Scheduling;

/// <summary>Reads the fields of one JSON object and notes those whose type is wrong, by path.</summary>
internal sealed class ShapeReader(JsonObject? json, string path, List<PreferenceProblem> problems)
{
    public string? Text(string name) => json.Text(name) ?? Wrong<string>(name, "must be a string");

    public long? Integer(string name) => json.Integer(name) ?? Wrong<long?>(name, "must be an integer");

    public bool Flag(string name) => json.Flag(name) || (json?[name]?.GetValueKind() != System.Text.Json.JsonValueKind.False && Wrong<bool>(name, "must be a boolean"));

    /// <summary>The objects of a map, by key.</summary>
    public IEnumerable<(string Key, ShapeReader Entry)> Entries(string name)
    {
        if (json?[name] is not JsonObject map)
        {
            Wrong<object>(name, "must be an object");
            yield break;
        }

        foreach (var (key, value) in map)
        {
            if (value is not (null or JsonObject))
            {
                problems.Add(Problem($"{path}.{name}[{key}]", value, "must be an object"));
            }

            yield return (key, new ShapeReader(value as JsonObject, $"{path}.{name}[{key}]", problems));
        }
    }

    private static PreferenceProblem Problem(string field, JsonNode value, string detail) => new(field, $"{field}: Invalid value: {value.ToJsonString()}: {detail}", Fatal: true);

    private T? Wrong<T>(string name, string detail)
    {
        if (json?[name] is { } value)
        {
            problems.Add(Problem($"{path}.{name}", value, detail));
        }

        return default;
    }
}
