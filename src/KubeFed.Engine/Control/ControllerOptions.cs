namespace KubeFed.Engine.Control;

/// <summary>The delays of a <see cref="FederationController"/>. How it probes and how wide it works is the KubeFedConfig's to say.</summary>
/// <remarks>P-26: KubeFed's were fixed, and added up to 23 s for a label. E-10, section 13.</remarks>
public sealed record ControllerOptions
{
    /// <summary>All defaults.</summary>
    public static ControllerOptions Default { get; } = new();

    /// <summary>How long after an event a resource is due, so that a burst of events leads to one run.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>When a resource is looked at again that waits for something no watch tells of, such as a deletion or a cluster that is away.</summary>
    public TimeSpan RecheckAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a resource waits after its first failure; doubled with each further one (E-10).</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest a resource waits after a failure.</summary>
    public TimeSpan MaximalBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a run waits for what a watch of a member has not told yet, before it goes on without that member (P-104).</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an Event waits for what is told of other clusters meanwhile, so that a resource has one for all of them.</summary>
    public TimeSpan EventLinger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long what an Event tells of is only counted when it happens again, before the higher count is written (P-52).</summary>
    public TimeSpan EventInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Resources in work at once, at least, whatever the KubeFedConfig says: KubeFed's default of one made large federations slow (P-102).</summary>
    public int LeastParallelism { get; init; } = Api.ConfigEffects.LeastParallelism;

    /// <summary>Whether members are probed and their health recorded. Off where something else does it.</summary>
    public bool ChecksHealth { get; init; } = true;
}
