namespace KubeFed;

/// <summary>What a sync did, or under <c>-WhatIf</c> would do, with one resource in one cluster.</summary>
public sealed class SyncResult
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The member cluster; null where the result concerns the resource as a whole.</summary>
    public string? Cluster { get; init; }

    /// <summary>What was decided.</summary>
    public required SyncAction Action { get; init; }

    /// <summary>
    /// <c>OK</c>; under <c>-WhatIf</c>, <c>Planned</c> for what a sync would do; or the stable reason why the copy is not as declared.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>The server's or the planner's text; empty when there is nothing to say.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>Whether the cluster was written to, with success.</summary>
    public required bool Written { get; init; }

    /// <summary>False when the decision or carrying it out failed.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>Whether this is a plan (<c>-WhatIf</c>) and nothing was written.</summary>
    public required bool WhatIf { get; init; }

    /// <summary>When the result was known.</summary>
    public required DateTime Time { get; init; }

    /// <summary><c>Create deployments.apps demo/web in member1: OK</c>.</summary>
    public override string ToString() =>
        $"{Action} {Type} {(Namespace is null ? Name : $"{Namespace}/{Name}")}{(Cluster is null ? string.Empty : $" in {Cluster}")}: {Status}";
}

/// <summary>What a sync decided for one resource in one cluster.</summary>
public enum SyncAction
{
    /// <summary>As declared already.</summary>
    None,

    /// <summary>Make the copy.</summary>
    Create,

    /// <summary>Bring the copy back to what is declared.</summary>
    Update,

    /// <summary>Take over an object of that name that is there already.</summary>
    Adopt,

    /// <summary>Remove the copy.</summary>
    Delete,

    /// <summary>Leave the copy, and let go of it.</summary>
    Unmanage,

    /// <summary>A deletion is under way in the member.</summary>
    Wait,

    /// <summary>Left alone on purpose; the status says why.</summary>
    Skip,

    /// <summary>Impossible; the status says why.</summary>
    Error,

    /// <summary>Give up a copy in a cluster that can't be asked, in a deletion by force.</summary>
    Abandon,
}
