using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api.Validation;

namespace KubeFed.PowerShell.Input;

/// <summary>Values to set in a KubeFedConfig's spec; the rest of it stays as it is.</summary>
/// <remarks>A-50 to A-62: the engine says which values it takes; here they are only written where they belong.</remarks>
internal sealed class ConfigInput
{
    private readonly List<(string Section, string Field, JsonNode Value)> _values = [];
    private readonly List<(string Name, string Configuration)> _gates = [];

    /// <summary>What is set: <c>section.field</c>, and the names of feature gates.</summary>
    public IReadOnlyCollection<string> Paths => [.. _values.Select(value => $"{value.Section}.{value.Field}"), .. _gates.Select(gate => gate.Name)];

    public bool IsEmpty => _values.Count + _gates.Count == 0;

    public ConfigInput Switch(string section, string field, bool? value)
    {
        if (value is { } set)
        {
            _values.Add((section, field, set ? "Enabled" : "Disabled"));
        }

        return this;
    }

    public ConfigInput Number(string section, string field, int? value)
    {
        if (value is { } set)
        {
            _values.Add((section, field, set));
        }

        return this;
    }

    public ConfigInput Duration(string section, string field, string parameter, TimeSpan? value)
    {
        if (value is { } set)
        {
            _values.Add((section, field, DurationInput.Write(parameter, set)));
        }

        return this;
    }

    /// <summary>Gates by name: a truth value, or <c>Enabled</c> or <c>Disabled</c>.</summary>
    public ConfigInput Gates(IDictionary? gates)
    {
        foreach (DictionaryEntry gate in gates ?? new Hashtable())
        {
            var name = Convert.ToString(gate.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            _gates.Add((name, gate.Value switch
            {
                true => "Enabled",
                false => "Disabled",
                var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty,
            }));
        }

        _gates.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return this;
    }

    /// <summary>Changes a spec; applied twice it changes what it changed once.</summary>
    public void ApplyTo(JsonObject spec)
    {
        foreach (var (section, field, value) in _values)
        {
            if (spec[section] is not JsonObject fields)
            {
                spec[section] = fields = [];
            }

            if (!IsSame(fields[field]?.ToString(), value))
            {
                fields[field] = value.DeepClone();
            }
        }

        foreach (var (name, configuration) in _gates)
        {
            if (spec["featureGates"] is not JsonArray gates)
            {
                spec["featureGates"] = gates = [];
            }

            var listed = gates.OfType<JsonObject>().Where(gate => gate["name"]?.ToString() == name).ToList();
            listed.ForEach(gate => gate["configuration"] = configuration);
            if (listed.Count == 0)
            {
                gates.Add((JsonNode)new JsonObject { ["name"] = name, ["configuration"] = configuration });
            }
        }
    }

    /// <summary>For people: <c>clusterHealthCheck.period=20s, PushReconciler=Enabled</c>.</summary>
    public override string ToString() => string.Join(
        ", ",
        _values.Select(value => $"{value.Section}.{value.Field}={value.Value}").Concat(_gates.Select(gate => $"{gate.Name}={gate.Configuration}")));

    /// <summary>60s and 1m0s are the same length: how it was written is not changed for its own sake.</summary>
    private static bool IsSame(string? stored, JsonNode value) =>
        GoDuration.TryParse(stored, out long before) && GoDuration.TryParse(value.ToString(), out long after) && before == after;
}
