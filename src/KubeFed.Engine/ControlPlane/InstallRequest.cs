using KubeFed.Engine.Api;

namespace KubeFed.Engine.ControlPlane;

/// <summary>What to install on the host.</summary>
public sealed record InstallRequest
{
    public ControlPlaneScope Scope { get; init; } = ControlPlaneScope.Cluster;

    /// <summary>Whether pre-existing member objects of the same name are taken over (A-61; KubeFed's default is yes).</summary>
    public bool AdoptResources { get; init; } = true;

    public bool DryRun { get; init; }
}

public sealed record InstallResult(ControlPlaneConfig Config, IReadOnlyList<Change> Changes);
