namespace KubeFed.Engine.Propagation.Health;

/// <summary>How an object fares, from best to worst: the health of several is the worst among theirs.</summary>
/// <remarks>P-70. The names and their order are those Argo CD made common; what kstatus calls Current, InProgress and Failed are the first, third and fifth.</remarks>
public enum HealthStatus
{
    /// <summary>It is and does what it was declared to.</summary>
    Healthy,

    /// <summary>It stands still because its own spec says so.</summary>
    Suspended,

    /// <summary>On its way: not there yet, and nothing says that it will not get there.</summary>
    Progressing,

    /// <summary>It should be there and is not.</summary>
    Missing,

    /// <summary>It failed, or will not get there on its own.</summary>
    Degraded,

    /// <summary>It could not be looked at, or what it says of itself makes no sense.</summary>
    Unknown,
}
