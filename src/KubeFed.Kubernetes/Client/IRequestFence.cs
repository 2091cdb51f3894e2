namespace KubeFed.Kubernetes.Client;

/// <summary>
/// Decides whether requests may still leave this process. Every client of a factory asks it at the moment each request is sent, and again each time bytes are
/// written to a connection, so that no waiting in between, however long, lets one slip through.
/// </summary>
/// <remarks>Asked from many threads at once, and often; must be quick, and must not throw.</remarks>
public interface IRequestFence
{
    /// <summary>Why nothing may leave any more, as part of a sentence; null while it may.</summary>
    string? Closed { get; }
}
