using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine;

/// <summary>What kind of thing is wrong; fronts map it to their own categories (PowerShell error category, exit code).</summary>
public enum FederationProblem
{
    /// <summary>The named thing does not exist.</summary>
    NotFound,

    /// <summary>It exists already and the caller did not ask to take it over.</summary>
    AlreadyExists,

    /// <summary>An argument or a stored object is wrong; the message names field and value.</summary>
    Invalid,

    /// <summary>The control plane, a type or a cluster is not in the state the operation needs.</summary>
    NotReady,

    /// <summary>Doing this would lose something the caller did not agree to lose.</summary>
    Refused,

    /// <summary>It did not come true in time.</summary>
    TimedOut,

    /// <summary>A server refused or could not be reached; the inner exception says how.</summary>
    Failed,
}

/// <summary>
/// An engine operation cannot be done. <see cref="Id"/> is stable: scripts match on it. Message and remedy are one printable line each, whatever text from
/// outside they repeat.
/// </summary>
public sealed class FederationException(string id, FederationProblem problem, string message, Exception? inner = null)
    : Exception(Printable.Of(message), inner)
{
    /// <summary>PascalCase and documented, such as <c>ClusterNotFound</c>.</summary>
    public string Id { get; } = id;

    public FederationProblem Problem { get; } = problem;

    /// <summary>What to do about it.</summary>
    public string? Remedy
    {
        get;
        init => field = value is null ? null : Printable.Of(value);
    }

    /// <summary>The thing the error is about, as the user would name it.</summary>
    public string? Target { get; init; }
}
