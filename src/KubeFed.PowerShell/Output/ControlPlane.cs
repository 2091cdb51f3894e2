namespace KubeFed;

/// <summary>A control plane on its host cluster, and what installing it touched.</summary>
public sealed class ControlPlane : StoredObject
{
    /// <summary>Where the control plane keeps its objects.</summary>
    public required string Name { get; init; }

    /// <summary>The host cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary><c>Cluster</c>, or <c>Namespaced</c> for one that only serves its own namespace.</summary>
    public required string Scope { get; init; }

    /// <summary>Whether objects of the same name that members hold already are taken over.</summary>
    public required bool AdoptResources { get; init; }

    /// <summary>Every object that was made, changed, or found as it should be.</summary>
    public Change[] Changes { get; init; } = [];

    /// <summary>The control plane's namespace.</summary>
    public override string ToString() => Name;
}
