using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Remembers, as long as the process lives, what was applied to a copy a second time unchanged, and lets it be applied again later and later: somebody else, or
/// the server itself, changes the copy back, and as often as we write it they would.
/// </summary>
/// <remarks>E-10 gives the shape of the delays; a change of template or overrides is never held back.</remarks>
internal sealed class RepeatedApplies(TimeProvider time)
{
    /// <summary>The pause after the second apply of the same.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>A copy that was left alone for so many pauses is at peace; what comes then begins anew.</summary>
    private const int Peace = 4;

    /// <summary>Beyond so many, those at peace are forgotten.</summary>
    private const int Many = 10_000;

    private readonly ConcurrentDictionary<(string Cluster, string Type, ObjectKey Key), Entry> _entries = new();

    /// <summary>How long an apply of the same must still wait, and whether this is the first time it has to; zero for not at all.</summary>
    public (TimeSpan Wait, bool IsNews) Wait(string cluster, FederatedResource resource, string hash)
    {
        var key = (cluster, resource.Type.Name, resource.Key);
        if (!_entries.TryGetValue(key, out var entry) || entry.Hash != hash)
        {
            return (TimeSpan.Zero, false);
        }

        var wait = Pause(entry.Repetitions) - time.GetElapsedTime(entry.Last);
        return wait <= TimeSpan.Zero ? (TimeSpan.Zero, false) : (wait, !entry.Told && _entries.TryUpdate(key, entry with { Told = true }, entry));
    }

    /// <summary>The same was applied again.</summary>
    public void Applied(string cluster, FederatedResource resource, string hash)
    {
        var fresh = new Entry(hash, 1, time.GetTimestamp(), Told: false);
        _entries.AddOrUpdate((cluster, resource.Type.Name, resource.Key), fresh, (_, before) =>
            before.Hash != hash || IsAtPeace(before) ? fresh : before with { Repetitions = before.Repetitions + 1, Last = fresh.Last });
        if (_entries.Count > Many)
        {
            foreach (var (key, entry) in _entries)
            {
                if (IsAtPeace(entry))
                {
                    _entries.TryRemove(key, out _);
                }
            }
        }
    }

    private static TimeSpan Pause(int repetitions)
    {
        var pause = Shortest;
        for (var i = 1; i < repetitions && pause < Longest; i++)
        {
            pause *= 2;
        }

        return pause < Longest ? pause : Longest;
    }

    private bool IsAtPeace(Entry entry) => time.GetElapsedTime(entry.Last) > Pause(entry.Repetitions) * Peace;

    private sealed record Entry(string Hash, int Repetitions, long Last, bool Told);
}
