using KubeFed.Engine.Scheduling.State;

namespace KubeFed.Engine.Scheduling;

/// <summary>Whether a cluster's replicas can be planned now.</summary>
internal enum Presence
{
    /// <summary>It was read.</summary>
    Here,

    /// <summary>Out of reach for less than the toleration: it keeps what it has (P-86).</summary>
    Missing,

    /// <summary>Out of reach for longer: its replicas move, its place in the placement stays, so that nothing is deleted when it returns (P-86, against R-13).</summary>
    Lost,

    /// <summary>Suspended: it keeps what it has however long that takes, and nothing is added.</summary>
    Suspended,
}

/// <summary>Sorts eligible clusters by whether they can be used now.</summary>
internal sealed record Availability(ClusterReading Reading, Presence Presence, DateTimeOffset? Since)
{
    public static Availability Of(ClusterReading reading, SchedulingMemory memory, SchedulingSettings settings, DateTimeOffset now)
    {
        if (reading.Suspended)
        {
            // Nothing is known of its health meanwhile, so a toleration begins anew once it is resumed.
            return new(reading, Presence.Suspended, null);
        }

        if (reading.Failure is null)
        {
            return new(reading, Presence.Here, null);
        }

        // What was noticed first counts: a health check may have begun later than a run that found the cluster silent.
        var since = new[] { reading.FailingSince, memory.UnavailableSince }.Min() ?? now;
        return new(reading, now - since < settings.Toleration ? Presence.Missing : Presence.Lost, since);
    }
}
