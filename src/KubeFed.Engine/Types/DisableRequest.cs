namespace KubeFed.Engine.Types;

/// <summary>What to disable.</summary>
public sealed record DisableRequest
{
    public required string Name { get; init; }

    /// <summary>Remove the generated CRD too; refused while federated objects of the type exist (cli.md section 5 step 3).</summary>
    public bool DeleteCrd { get; init; }

    public bool DryRun { get; init; }
}

public sealed record DisableResult(string Name, IReadOnlyList<Change> Changes);
