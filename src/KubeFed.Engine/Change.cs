namespace KubeFed.Engine;

/// <summary>What was done to one object, or would be.</summary>
public enum ChangeKind
{
    Unchanged,
    Create,
    Update,
    Delete,
}

/// <summary>
/// One object an operation touched. With a dry run the same list says what would be touched; the fronts print it for <c>-WhatIf</c>.
/// </summary>
/// <param name="Kind">What happened to it.</param>
/// <param name="Cluster">The cluster it is in; the host's name for host objects.</param>
/// <param name="ObjectKind">The API kind, such as <c>ServiceAccount</c>.</param>
/// <param name="Name"><c>namespace/name</c> or <c>name</c>.</param>
/// <param name="Applied">False in a dry run.</param>
public sealed record Change(ChangeKind Kind, string Cluster, string ObjectKind, string Name, bool Applied)
{
    public override string ToString() => $"{Kind} {ObjectKind} {Name} in {Cluster}";
}
