namespace KubeFed;

/// <summary>A cluster that left the federation, what that touched and what it had to leave behind.</summary>
public sealed class RemovedCluster
{
    /// <summary>The cluster's name.</summary>
    public required string Name { get; init; }

    /// <summary>Every object that was deleted or changed.</summary>
    public Change[] Changes { get; init; } = [];

    /// <summary>What could not be removed from the member, one line each.</summary>
    public string[] LeftBehind { get; init; } = [];

    /// <summary>The cluster's name.</summary>
    public override string ToString() => Name;
}
