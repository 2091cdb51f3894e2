using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Client;

/// <summary>
/// Anything that went wrong between this process and an API server; never carries a credential. Message and remedy are one printable line each, whatever text
/// from outside they repeat.
/// </summary>
public abstract class KubeException(string message, Exception? inner = null) : Exception(Printable.Of(message), inner)
{
    /// <summary>What the person reading this can do about it; null when the message says it all.</summary>
    public string? Remedy
    {
        get;
        init => field = value is null ? null : Printable.Of(value);
    }
}

/// <summary>The API server answered, and refused.</summary>
public sealed class KubeApiException(string cluster, string request, KubeStatus status)
    : KubeException($"{cluster}: {request}: {(status.Message.Length > 0 ? status.Message : status.Reason)} ({status.Code} {status.Reason})")
{
    /// <summary>The connection's name, as errors call it.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>Method and path: <c>GET /api/v1/namespaces/x</c>.</summary>
    public string Request { get; } = request;

    public KubeStatus Status { get; } = status;

    public int Code => Status.Code;

    public bool IsNotFound => Code == 404;

    /// <summary>A create met an object of the same name.</summary>
    public bool IsAlreadyExists => Code == 409 && Status.Reason == "AlreadyExists";

    /// <summary>An update or apply lost a race or met another owner.</summary>
    public bool IsConflict => Code == 409 && Status.Reason != "AlreadyExists";

    public bool IsForbidden => Code == 403;

    public bool IsUnauthorized => Code == 401;

    public bool IsInvalid => Code is 422 or 400;

    /// <summary>
    /// The server, or the store behind it, is away for the moment: it is overloaded, restarts, or etcd chooses a leader, which servers tell as a 500 with
    /// etcd's own words.
    /// </summary>
    public bool IsPassing => Code is 429 or 503 || (Code == 500 && (Says("etcdserver: ") || Says("code = Unavailable")));

    /// <summary>The list or watch position has expired (410 Gone or reason Expired).</summary>
    public bool IsExpired => Code == 410 || Status.Reason is "Expired" or "Gone";

    private bool Says(string text) => Status.Message.Contains(text, StringComparison.Ordinal);
}

/// <summary>Why no answer came.</summary>
public enum ConnectionFailure
{
    Unreachable,
    Tls,
    TimedOut,
    Interrupted,
    Credentials,

    /// <summary>An <see cref="IRequestFence"/> kept the request from leaving.</summary>
    NotSent,

    /// <summary>An answer came in which something has another shape than Kubernetes gives it.</summary>
    Malformed,

    /// <summary>More came than one answer, or one list, may be: <see cref="Config.ResponseLimits"/>.</summary>
    TooLong,
}

/// <summary>No usable answer came from the server: it is unreachable, its certificate is not trusted, or time ran out.</summary>
public sealed class KubeConnectionException(string cluster, ConnectionFailure failure, string message, Exception? inner = null)
    : KubeException($"{cluster}: {message}", inner)
{
    public string Cluster { get; } = cluster;

    public ConnectionFailure Failure { get; } = failure;
}

/// <summary>
/// A request that can't be composed: a name or another value of it would lead to another place of the server than was meant. Nothing was sent.
/// </summary>
/// <param name="part">What the value is: <c>name</c>, <c>namespace</c>, <c>group</c>, <c>version</c>, ...</param>
/// <param name="value">The value; it may come from anywhere.</param>
/// <param name="why">What is wrong with it.</param>
public sealed class InvalidRequestException(string part, string value, string why)
    : KubeException($"no request is sent: the {part}{(value.Length == 0 ? string.Empty : $" \"{Excerpt.Of(value)}\"")} {why}")
{
    /// <summary>What the value is.</summary>
    public string Part { get; } = part;

    /// <summary>The value as it was given.</summary>
    public string Value { get; } = value;
}

/// <summary>A kubeconfig or a connection setting cannot be used; the message names file, field and value.</summary>
public sealed class KubeConfigException(string message, Exception? inner = null) : KubeException(message, inner);
