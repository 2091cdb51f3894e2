using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>The health of one object, and why it is not better.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="Message">One line that depends on the object alone, never on the time; empty when there is nothing to say.</param>
public sealed record ObjectHealth(HealthStatus Status, string Message = "")
{
    /// <summary>Messages come from the objects' own conditions and are stored once per resource and cluster.</summary>
    private const int LongestMessage = 300;

    public string Message { get; } = Printable.Of(Message.Length <= LongestMessage ? Message : string.Concat(Message.AsSpan(0, LongestMessage), " ..."));

    public static ObjectHealth Healthy { get; } = new(HealthStatus.Healthy);

    /// <summary>There should be a copy and there is none.</summary>
    public static ObjectHealth Missing { get; } = new(HealthStatus.Missing, "there is no copy");

    /// <summary>The member can't be looked into.</summary>
    public static ObjectHealth Unseen { get; } = new(HealthStatus.Unknown, "the cluster could not be looked at");

    /// <summary>It was told to go and has not gone yet.</summary>
    public static ObjectHealth Leaving { get; } = new(HealthStatus.Progressing, "it is being deleted");

    internal static ObjectHealth Suspended(string message) => new(HealthStatus.Suspended, message);

    internal static ObjectHealth Progressing(string message) => new(HealthStatus.Progressing, message);

    internal static ObjectHealth Degraded(string message) => new(HealthStatus.Degraded, message);

    internal static ObjectHealth Unknown(string message) => new(HealthStatus.Unknown, message);
}
