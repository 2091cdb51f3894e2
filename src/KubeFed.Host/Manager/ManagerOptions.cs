using KubeFed.Engine.Api;
using KubeFed.Host.Manager.Logging;

namespace KubeFed.Host.Manager;

/// <summary>A controller manager as its command line describes it.</summary>
internal sealed record ManagerOptions
{
    public required ManagerConnection Connection { get; init; }

    /// <summary>Null to listen nowhere.</summary>
    public ListenAddress? Health { get; init; }

    /// <summary>Null to listen nowhere.</summary>
    public ListenAddress? Metrics { get; init; }

    /// <summary>False for a process that is known to be the only one.</summary>
    public bool ElectsLeader { get; init; } = true;

    public LogFormat LogFormat { get; init; }

    /// <summary>As <c>--v</c>: from 2 on every step is logged.</summary>
    public int Verbosity { get; init; }

    /// <summary>The scope that whoever deployed this takes the control plane to have; null when they don't say (C-6).</summary>
    public ControlPlaneScope? ExpectedScope { get; init; }

    /// <summary>Each flag and what it comes to, given or not; none of them is a secret (C-2).</summary>
    public IReadOnlyList<(string Name, string Value)> Flags { get; init; } = [];

    /// <summary>What the command line asked for that is taken and means nothing here, in words.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
