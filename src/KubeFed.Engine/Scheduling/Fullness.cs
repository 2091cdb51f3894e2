using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>How many replicas a cluster can run, and how long a full one is believed to stay full.</summary>
/// <remarks>
/// In Compatible mode capacity is R-23 and nothing else: it is forgotten the moment no pod is pending, which is why replicas swing back and forth (P-83). In
/// Fair mode the nodes are asked, and a cluster that was full gets no more than it took until its cool-down is over; each time it is full again the cool-down doubles.
/// </remarks>
internal static class Fullness
{
    public static (long? Capacity, SchedulingMemory Memory) Judge(
        ClusterReading reading, SchedulingMode mode, SchedulingMemory memory, SchedulingSettings settings, DateTimeOffset now)
    {
        // More pods can be pending than replicas are asked for, while a rollout runs; a capacity below zero has no meaning (P-90).
        var capacity = reading.Pods is { Unschedulable: > 0 } pods ? Math.Max(0, (reading.Replicas ?? 0) - pods.Unschedulable) : (long?)null;
        if (mode == SchedulingMode.Compatible)
        {
            return (capacity, SchedulingMemory.Empty);
        }

        if (capacity is { } full)
        {
            capacity = Math.Min(full, reading.Room ?? full);
            return (capacity, Found(capacity.Value, memory, settings, now));
        }

        if (reading.Room is { } room)
        {
            return (room, room <= (reading.Replicas ?? 0) ? Found(room, memory, settings, now) : Fading(memory, now));
        }

        var believed = memory.FullSince is { } since && now - since < memory.CoolDown ? Math.Max(memory.FullAt, reading.Ready) : (long?)null;
        return (believed, Fading(memory, now));
    }

    /// <summary>A full cluster is remembered beyond its cool-down, so that the next one can be longer.</summary>
    private static SchedulingMemory Fading(SchedulingMemory memory, DateTimeOffset now) =>
        memory.FullSince is { } since && now - since < 3 * memory.CoolDown ? memory with { UnavailableSince = null } : SchedulingMemory.Empty;

    private static SchedulingMemory Found(long capacity, SchedulingMemory memory, SchedulingSettings settings, DateTimeOffset now)
    {
        if (memory.FullSince is not { } since)
        {
            return new(null, now, capacity, settings.CoolDown);
        }

        // Still full: one note per half cool-down is enough, a status write per run is not.
        if (now - since < memory.CoolDown)
        {
            return memory with { UnavailableSince = null, FullAt = capacity, FullSince = now - since < memory.CoolDown / 2 ? since : now };
        }

        var longer = TimeSpan.FromTicks(Math.Min(memory.CoolDown.Ticks * 2, settings.LongestCoolDown.Ticks));
        return new(null, now, capacity, longer);
    }
}
