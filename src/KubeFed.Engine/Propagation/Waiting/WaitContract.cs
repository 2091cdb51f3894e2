using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Waiting;

/// <summary>What can be waited for.</summary>
public enum ResourceWaitFor
{
    /// <summary>Its status is about its latest generation and says that every cluster asked for holds the copy as declared.</summary>
    Propagated,

    /// <summary>It is propagated, and every copy, as it is in its member now, is healthy.</summary>
    Healthy,

    /// <summary>It is gone from the host, and so, by its finalizer, from every member.</summary>
    Deleted,
}

/// <summary>One federated resource by its type and the key of the federated object.</summary>
public sealed record ResourceReference(FederatedType Type, ObjectKey Key)
{
    public override string ToString() => $"{Type.Name} {Key}";
}

/// <summary>What to wait for, and how.</summary>
public sealed record ResourceWaitRequest
{
    public required IReadOnlyList<ResourceReference> Resources { get; init; }

    public ResourceWaitFor For { get; init; }

    /// <summary>For how long, all resources together; zero looks once.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Synchronise what is still waited for before every look, because no controller may be running that does.</summary>
    public bool Sync { get; init; }
}

/// <summary>How the wait for one resource ended.</summary>
/// <param name="Reference">Which.</param>
/// <param name="Resource">As it was seen last; null when it is gone.</param>
/// <param name="Error">Why it was in vain: <c>WaitTimedOut</c>, <c>NeverPropagated</c> or <c>FederatedResourceNotFound</c>; null when it was not.</param>
public sealed record WaitOutcome(ResourceReference Reference, FederatedResource? Resource, FederationException? Error);
