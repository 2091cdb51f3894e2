namespace KubeFed;

/// <summary>A control plane that was removed from its host, what that touched and what it had to leave behind.</summary>
public sealed class RemovedControlPlane
{
    /// <summary>Where the control plane kept its objects.</summary>
    public required string Name { get; init; }

    /// <summary>The host cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Every object that was deleted or changed.</summary>
    public Change[] Changes { get; init; } = [];

    /// <summary>What stayed although it belonged to the federation, one line each.</summary>
    public string[] LeftBehind { get; init; } = [];

    /// <summary>The control plane's namespace.</summary>
    public override string ToString() => Name;
}
