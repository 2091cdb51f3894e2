namespace KubeFed.Engine.Types;

/// <summary>What to disable.</summary>
public sealed record DisableRequest
{
    public required string Name { get; init; }

    /// <summary>Remove the generated CRD too; refused while federated objects of the type exist (cli.md section 5 step 3).</summary>
    public bool DeleteCrd { get; init; }

    /// <summary>
    /// Take the sync finalizer off the federated objects that remain, so that deleting one later does not wait for a controller that no longer looks at
    /// them (P-50). Their copies stay in the members.
    /// </summary>
    public bool ReleaseResources { get; init; }

    /// <summary>Go on although a controller that claims to run does not stop (P-128).</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }
}

public sealed record DisableResult(string Name, IReadOnlyList<Change> Changes);
