namespace KubeFed.Engine.Types;

/// <summary>What becomes of the federated objects of a type that is disabled, and of their copies (P-50).</summary>
public enum ResourcePolicy
{
    /// <summary>Both stay. Deleting a federated object then waits for its finalizer until the type is enabled again; a warning counts them.</summary>
    Keep,

    /// <summary>Disabling is refused while a federated object would be stranded so.</summary>
    Refuse,

    /// <summary>
    /// Both stay. The federated objects lose the finalizer, so that deleting one waits for nobody, and the copies the managed label: they are their cluster's
    /// own.
    /// </summary>
    Release,

    /// <summary>The federated objects are deleted, with their copies, before the type is disabled; what is marked as orphaning leaves its copies.</summary>
    Delete,
}

/// <summary>What to disable.</summary>
public sealed record DisableRequest
{
    public required string Name { get; init; }

    /// <summary>The group of the federated type whose config is gone already and whose CRD is to go too; null is KubeFed's own.</summary>
    public string? FederatedGroup { get; init; }

    /// <summary>As <see cref="FederatedGroup"/>, the version of the target; null takes the server's preferred one.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>Remove the generated CRD too; refused while federated objects of the type exist (cli.md section 5 step 3).</summary>
    public bool DeleteCrd { get; init; }

    public ResourcePolicy Resources { get; init; }

    /// <summary>Do not wait for a controller that says it runs: it was stopped, and what it said stayed behind (P-128).</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Told each step as it is made, also of a run that fails later; null when nobody asks.</summary>
    public IProgress<DisableStep>? Steps { get; init; }
}

/// <summary>One step of disabling a type, in the order they are made.</summary>
/// <remarks>cli.md section 5 steps 1 and 4 to 7.</remarks>
public enum DisableStage
{
    ConfigMissing,
    PropagationDisabled,
    Stopping,
    Stopped,
    DefinitionDeleted,
    DefinitionMissing,
    ConfigDeleted,
}

/// <param name="Stage">What was done or found.</param>
/// <param name="Name">The FederatedTypeConfig's <c>namespace/name</c>, or the definition's name.</param>
public sealed record DisableStep(DisableStage Stage, string Name);

/// <param name="Name">The FederatedTypeConfig's name.</param>
/// <param name="Changes">Every object touched.</param>
public sealed record DisableResult(string Name, IReadOnlyList<Change> Changes);
