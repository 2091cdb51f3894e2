namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What a whole resource is going through.</summary>
public enum ResourcePhase
{
    /// <summary>It is to be where its placement says.</summary>
    Propagating,

    /// <summary>It is being deleted, and its copies with it.</summary>
    Deleting,

    /// <summary>It is being deleted, and its copies stay, without our label (E-91).</summary>
    Orphaning,

    /// <summary>It is being deleted and we have no part in it: our finalizer is not on it (E-90).</summary>
    Released,
}
