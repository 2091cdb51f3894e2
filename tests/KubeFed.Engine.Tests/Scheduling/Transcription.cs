using System.Numerics;
using System.Text;
using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>
/// rsp.md section 3 written down a second time, rule by rule in its own order and as plainly as possible, to hold the planner against. It shares no code
/// with the planner.
/// </summary>
internal static class Transcription
{
    public static (Dictionary<string, long> Plan, Dictionary<string, long> Overflow) Run(
        IEnumerable<string> available,
        IReadOnlyDictionary<string, long> current,
        IReadOnlyDictionary<string, long> capacity,
        string key,
        IReadOnlyDictionary<string, ClusterPreference> preferences,
        long totalReplicas,
        bool rebalance)
    {
        var plan = new Dictionary<string, long>();
        var overflow = new Dictionary<string, long>();

        // 3.1
        var list = new List<(string Name, ClusterPreference Preference)>();
        foreach (var name in available)
        {
            plan[name] = 0;
            if (preferences.TryGetValue(name, out var own))
            {
                list.Add((name, own));
            }
            else if (preferences.TryGetValue("*", out var any))
            {
                list.Add((name, any));
            }
        }

        list = [.. list.OrderByDescending(entry => entry.Preference.Weight).ThenBy(entry => Fnv1(entry.Name + key))];

        // 3.2
        BigInteger r = totalReplicas;
        foreach (var (name, preference) in list)
        {
            var m = BigInteger.Min(preference.MinReplicas, r);
            if (capacity.TryGetValue(name, out var room))
            {
                m = BigInteger.Min(m, room);
            }

            plan[name] = (long)m;
            r -= m;
        }

        // 3.3
        var preallocated = list.ToDictionary(entry => entry.Name, _ => BigInteger.Zero);
        foreach (var (name, preference) in list)
        {
            if (!rebalance && current.TryGetValue(name, out var running) && running > plan[name])
            {
                BigInteger target = running;
                if (preference.MaxReplicas is { } max)
                {
                    target = BigInteger.Min(target, max);
                }

                if (capacity.TryGetValue(name, out var room))
                {
                    target = BigInteger.Min(target, room);
                }

                var extra = BigInteger.Max(0, BigInteger.Min(target - plan[name], r));
                r -= extra;
                plan[name] += (long)extra;
                preallocated[name] = extra;
            }
        }

        // 3.4
        var changed = true;
        while (r > 0 && changed)
        {
            changed = false;
            var w = list.Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Preference.Weight);
            if (w == 0)
            {
                break;
            }

            var d = r;
            foreach (var (name, preference) in list.ToArray())
            {
                var start = plan[name];
                var share = BigInteger.DivRem(d * preference.Weight, w, out var rest) + (rest > 0 ? 1 : 0);
                share = BigInteger.Min(share, r);
                var used = BigInteger.Min(share, preallocated[name]);
                preallocated[name] -= used;
                share -= used;
                changed |= used > 0;

                var total = start + share;
                var full = false;
                if (preference.MaxReplicas is { } max && total > max)
                {
                    total = max;
                    full = true;
                }

                if (capacity.TryGetValue(name, out var room) && total > room)
                {
                    overflow[name] = (long)(total - room);
                    total = room;
                    full = true;
                }

                if (full)
                {
                    list.RemoveAll(entry => entry.Name == name);
                }

                r -= total - start;
                plan[name] = (long)total;
                changed |= total > start;
            }
        }

        // 3.5
        if (!rebalance)
        {
            overflow = overflow
                .Select(entry => KeyValuePair.Create(entry.Key, (long)BigInteger.Min(entry.Value, r)))
                .Where(entry => entry.Value != 0)
                .ToDictionary();
        }

        return (plan, overflow);
    }

    public static uint Fnv1(string text)
    {
        ulong hash = 2166136261;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = hash * 16777619 % (1UL << 32);
            hash ^= b;
        }

        return (uint)hash;
    }
}
