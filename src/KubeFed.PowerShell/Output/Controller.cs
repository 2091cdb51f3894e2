namespace KubeFed;

/// <summary>A controller that keeps a federation true in the background of this process.</summary>
public sealed class Controller
{
    /// <summary>The host cluster's context.</summary>
    public required string Name { get; init; }

    /// <summary>The control plane's namespace.</summary>
    public required string KubeFedNamespace { get; init; }

    /// <summary><c>Starting</c> until it has seen all of the host, <c>Running</c>, <c>Stopped</c>, or <c>Failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Federated resources it looks after.</summary>
    public required int Resources { get; init; }

    /// <summary>Resources that are due, waiting to be tried again, or in work.</summary>
    public required int Queue { get; init; }

    /// <summary>Members that are well, of those there are: <c>2/3</c>.</summary>
    public required string Clusters { get; init; }

    /// <summary>What last went wrong: with it, or with each member concerned. Empty when all is well.</summary>
    public string[] Trouble { get; init; } = [];

    /// <summary>Warnings and errors it met, the last thousand of them, the oldest first.</summary>
    public string[] Message { get; init; } = [];

    /// <summary>Runs that ended; one may have dealt with several resources.</summary>
    public long Runs { get; init; }

    /// <summary>Writes to members.</summary>
    public long MemberWrites { get; init; }

    /// <summary>Statuses and finalizers written to the host.</summary>
    public long HostWrites { get; init; }

    /// <summary>Resources that could not be made true somewhere; each is tried again.</summary>
    public long Failures { get; init; }

    /// <summary>When it was started; null when it could not be.</summary>
    public DateTime? Started { get; init; }

    /// <summary>How long ago that was, when this object was made.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
