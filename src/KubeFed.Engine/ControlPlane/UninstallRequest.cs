namespace KubeFed.Engine.ControlPlane;

/// <summary>What to remove from the host.</summary>
public sealed record UninstallRequest
{
    /// <summary>
    /// Remove the control plane although clusters, types and federated resources are there. Copies stay in the members, with their labels; what join made
    /// in members stays too and is named.
    /// </summary>
    public bool Abandon { get; init; }

    /// <summary>
    /// Remove everything the control plane put anywhere, before the control plane itself: federated resources with their copies, types, and what join made in
    /// the members. A member that cannot be reached ends it, with the control plane still there.
    /// </summary>
    public bool Teardown { get; init; }

    /// <summary>Remove the definitions of KubeFed's own and of the federated kinds too; kept while another namespace has a control plane.</summary>
    public bool DeleteDefinitions { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>Every object touched, and what had to stay.</summary>
public sealed record UninstallResult(IReadOnlyList<Change> Changes, IReadOnlyList<string> LeftBehind);
