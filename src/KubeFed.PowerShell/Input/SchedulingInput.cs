using System.Collections;
using System.Globalization;
using KubeFed.Engine.Scheduling;
using EnginePreference = KubeFed.Engine.Scheduling.ClusterPreference;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads <c>-ClusterPreference @{ c1 = 2; '*' = @{ MinReplicas = 1; Weight = 1 } }</c> and the clusters of a plan made from parameters.</summary>
internal static class SchedulingInput
{
    private const string Minimum = "MinReplicas";
    private const string Maximum = "MaxReplicas";
    private const string Weight = "Weight";
    private const string Current = "Current";
    private const string Capacity = "Capacity";

    private static readonly string[] s_entry = [Minimum, Maximum, Weight];

    /// <returns>Null when none was given.</returns>
    /// <exception cref="InputException">An entry is neither a weight nor a map of the known names, or a number is none.</exception>
    public static IReadOnlyDictionary<string, EnginePreference>? Preferences(IDictionary? entries)
    {
        if (entries is null)
        {
            return null;
        }

        var preferences = new Dictionary<string, EnginePreference>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in entries)
        {
            var cluster = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            preferences[Commands.OverrideTargets.Stored(cluster)] = Entry(entry.Value, $"-ClusterPreference.{cluster}");
        }

        return preferences;
    }

    /// <summary>A cluster by name, or as an object with Name, Current and Capacity, and, where it has them, a preference of its own.</summary>
    public static (ClusterState State, EnginePreference? Preference) Cluster(object value)
    {
        var read = Reader(value);
        var name = read is null ? Convert.ToString(Bare(value), CultureInfo.InvariantCulture) : Convert.ToString(read("Name") ?? read("Cluster"), CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(name))
        {
            throw new InputException("InvalidClusterState", "-Cluster holds an entry without a name.", value)
            {
                Remedy = "Give names, or objects with Name and, as far as they are known, Current and Capacity.",
            };
        }

        var at = $"-Cluster {name}";
        var (minimum, maximum, weight) = (Number(read, Minimum, at), Number(read, Maximum, at), Number(read, Weight, at));
        return (
            new ClusterState(name, Number(read, Current, at), Number(read, Capacity, at)),
            minimum is null && maximum is null && weight is null ? null : new() { MinReplicas = minimum ?? 0, MaxReplicas = maximum, Weight = weight ?? 0 });
    }

    private static EnginePreference Entry(object? value, string at)
    {
        if (Reader(value) is not { } read)
        {
            return new() { Weight = Whole(value, at) };
        }

        if (Bare(value) is IDictionary map && map.Keys.Cast<object>().Select(key => key.ToString()).FirstOrDefault(key => !s_entry.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new InputException("InvalidClusterPreference", $"{at} has a field '{unknown}', which is none of {string.Join(", ", s_entry)}.", value)
            {
                Remedy = "Write a weight, or a hashtable of these three.",
            };
        }

        return new() { MinReplicas = Number(read, Minimum, at) ?? 0, MaxReplicas = Number(read, Maximum, at), Weight = Number(read, Weight, at) ?? 0 };
    }

    private static long? Number(Func<string, object?>? read, string name, string at) => read?.Invoke(name) is { } value ? Whole(value, $"{at}.{name}") : null;

    private static long Whole(object? value, string at)
    {
        try
        {
            if (Bare(value) is byte or sbyte or short or ushort or int or uint or long or string)
            {
                return Convert.ToInt64(Bare(value), CultureInfo.InvariantCulture);
            }
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw NotWhole(value, at);
        }

        throw NotWhole(value, at);
    }

    private static InputException NotWhole(object? value, string at) =>
        new("InvalidClusterPreference", $"{at} is '{value}', which is no whole number.", value) { Remedy = "Write whole numbers of replicas, and whole weights." };

    private static object? Bare(object? value) => value is PSObject { BaseObject: not PSCustomObject and var inner } ? inner : value;

    /// <summary>How to read the fields of a map or an object, ignoring case; null for a scalar.</summary>
    private static Func<string, object?>? Reader(object? value) => Bare(value) switch
    {
        null or string or ValueType => null,
        IDictionary map => name => map.Keys.Cast<object>().FirstOrDefault(key => string.Equals(key.ToString(), name, StringComparison.OrdinalIgnoreCase)) is { } key ? map[key] : null,
        _ => name => PSObject.AsPSObject(value).Properties[name]?.Value,
    };
}
