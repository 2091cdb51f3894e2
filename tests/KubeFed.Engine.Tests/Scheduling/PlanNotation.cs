using System.Globalization;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>The short notation of scheduling tables: <c>A:m4 M6 w1; *:w2</c> for preferences, <c>A10 B5</c> for numbers, <c>A,B</c> for names.</summary>
internal static class PlanNotation
{
    public static Dictionary<string, ClusterPreference> Preferences(string text) =>
        text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Entry).ToDictionary();

    public static string[] Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The number is what follows the last letter; <c>cluster1=4</c> is for names that end in a digit.</summary>
    public static SortedDictionary<string, long> Numbers(string text)
    {
        var numbers = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = word.IndexOf('=') is >= 0 and var equals ? equals : word.LastIndexOfAny([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]) + 1;
            numbers.Add(word[..split], long.Parse(word[split..].TrimStart('='), CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    public static IReadOnlyList<ClusterState> States(string clusters, string current, string capacity)
    {
        var (running, limits) = (Numbers(current), Numbers(capacity));
        return [.. Names(clusters).Select(name => new ClusterState(
            name, running.TryGetValue(name, out var replicas) ? replicas : null, limits.TryGetValue(name, out var limit) ? limit : null))];
    }

    public static string Text(IEnumerable<KeyValuePair<string, long>> numbers) =>
        string.Join(' ', numbers.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
            char.IsDigit(entry.Key[^1]) ? $"{entry.Key}={entry.Value}" : $"{entry.Key}{entry.Value}"));

    public static string Planned(ReplicaPlan plan) => Text(plan.Clusters.Select(cluster => KeyValuePair.Create(cluster.Cluster, cluster.Planned)));

    public static string Overflow(ReplicaPlan plan) =>
        Text(plan.Clusters.Where(cluster => cluster.Overflow != 0).Select(cluster => KeyValuePair.Create(cluster.Cluster, cluster.Overflow)));

    private static KeyValuePair<string, ClusterPreference> Entry(string text)
    {
        var colon = text.IndexOf(':');
        var preference = new ClusterPreference();
        foreach (var word in text[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = long.Parse(word[1..], CultureInfo.InvariantCulture);
            preference = word[0] switch
            {
                'm' => preference with { MinReplicas = value },
                'M' => preference with { MaxReplicas = value },
                'w' => preference with { Weight = value },
                _ => throw new FormatException(word),
            };
        }

        return KeyValuePair.Create(text[..colon], preference);
    }
}
