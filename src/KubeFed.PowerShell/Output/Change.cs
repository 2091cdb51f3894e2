namespace KubeFed;

/// <summary>One object that an operation touched, or, under <c>-WhatIf</c>, would touch.</summary>
public sealed class Change
{
    /// <summary><c>Unchanged</c>, <c>Create</c>, <c>Update</c> or <c>Delete</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The cluster the object is in.</summary>
    public required string Cluster { get; init; }

    /// <summary>The API kind, such as <c>ServiceAccount</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>namespace/name</c> or <c>name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it really happened.</summary>
    public required bool Applied { get; init; }

    /// <summary>One line: <c>Create ServiceAccount ns/name in cluster</c>.</summary>
    public override string ToString() => $"{Action} {Kind} {Name} in {Cluster}";
}
