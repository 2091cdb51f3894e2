using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>An error of a member in the terms of <c>status.clusters[]</c>.</summary>
/// <param name="Reason">What it means for the cell.</param>
/// <param name="Message">The server's words and, where there is one, the remedy.</param>
/// <param name="Cluster">The whole cluster is out of reach, so that asking again for other resources would only cost time.</param>
/// <remarks>engine.md section 9.2; P-42, P-49, P-72, P-73.</remarks>
internal sealed record MemberFault(PropagationReason Reason, string Message, bool Cluster)
{
    /// <summary>Messages are stored once per resource and cluster; a server that answers with a page must not fill the host.</summary>
    private const int LongestMessage = 1000;

    /// <summary>What it means, in no more words than are worth storing.</summary>
    public string Message { get; } = Message.Length <= LongestMessage ? Message : string.Concat(Message.AsSpan(0, LongestMessage), " ...");

    /// <summary>
    /// Whether an exception is what becomes of one member's answers, and so is told of that member alone: all but the end of waiting. One that nobody foresaw
    /// is told with its type, and is a defect all the same.
    /// </summary>
    public static bool Is(Exception error) => error is not OperationCanceledException;

    /// <summary>Work on one copy ended in a way that nobody foresaw; no other copy has to do with it.</summary>
    public static MemberFault Unforeseen(Exception error) => new(PropagationReason.RetrievalFailed, Text(error), Cluster: false);

    /// <summary>No usable list of a type came from the member.</summary>
    public static MemberFault OfRead(Exception error) => error switch
    {
        FederationException connect => new(PropagationReason.ClientRetrievalFailed, Remedied(connect.Message, connect.Remedy), Cluster: true),
        KubeConnectionException { Failure: ConnectionFailure.Credentials } => new(PropagationReason.CredentialsRejected, Text(error), Cluster: true),
        KubeConnectionException { Failure: ConnectionFailure.Malformed or ConnectionFailure.TooLong } =>
            new(PropagationReason.CachedRetrievalFailed, Text(error), Cluster: false),
        KubeConnectionException => new(PropagationReason.ClusterNotReady, Text(error), Cluster: true),
        KubeApiException { IsUnauthorized: true } => Rejected(error),
        KubeApiException { IsNotFound: true } => new(PropagationReason.TypeNotServed, $"the member does not serve this type: {error.Message}", Cluster: false),
        KubeConfigException => new(PropagationReason.ClientRetrievalFailed, Text(error), Cluster: true),
        _ => new(PropagationReason.CachedRetrievalFailed, Text(error), Cluster: false),
    };

    /// <summary>A look at one object failed.</summary>
    public static MemberFault OfLook(Exception error) =>
        error is KubeApiException { IsUnauthorized: false } or InvalidRequestException
            or KubeConnectionException { Failure: ConnectionFailure.Malformed or ConnectionFailure.TooLong }
            or not (KubeException or FederationException)
            ? new(PropagationReason.RetrievalFailed, Text(error), Cluster: false) : OfRead(error);

    /// <summary>A write failed.</summary>
    public static MemberFault OfWrite(PlanAction action, Exception error) => error switch
    {
        KubeConnectionException { Failure: ConnectionFailure.TimedOut } => new(TimedOut(action), Text(error), Cluster: true),
        KubeConnectionException { Failure: ConnectionFailure.Interrupted or ConnectionFailure.Malformed or ConnectionFailure.TooLong } =>
            new(Failed(action), Text(error), Cluster: false),
        KubeApiException { IsUnauthorized: true } => Rejected(error),
        KubeApiException { IsNotFound: true } api when api.Status.Kind == "namespaces" =>
            new(Failed(action), $"{error.Message}. The namespace is not there yet, or no longer: federate it to this cluster.", Cluster: false),
        KubeApiException { IsNotFound: true } api when api.Status.Name.Length == 0 => OfRead(error),
        KubeApiException api when api.Message.Contains("field is immutable", StringComparison.Ordinal) =>
            new(
                Failed(action),
                $"{error.Message}. The member never changes this field: undo the change, or delete the copy there and sync again.",
                Cluster: false),
        KubeApiException or InvalidRequestException => new(Failed(action), Text(error), Cluster: false),
        _ => OfRead(error),
    };

    /// <summary>A write is under way and may still go through.</summary>
    public static MemberFault Unanswered(PlanAction action, TimeSpan since) =>
        new(TimedOut(action), $"no answer within {since.TotalSeconds:0} s, and still waiting; the next sync looks again", Cluster: false);

    private static MemberFault Rejected(Exception error) =>
        new(PropagationReason.CredentialsRejected, $"{error.Message}. Join the cluster again to renew its token.", Cluster: true);

    private static PropagationReason Failed(PlanAction action) => action switch
    {
        PlanAction.Create => PropagationReason.CreationFailed,
        PlanAction.Delete => PropagationReason.DeletionFailed,
        PlanAction.Unmanage => PropagationReason.LabelRemovalFailed,
        _ => PropagationReason.UpdateFailed,
    };

    private static PropagationReason TimedOut(PlanAction action) => action switch
    {
        PlanAction.Create => PropagationReason.CreationTimedOut,
        PlanAction.Delete => PropagationReason.DeletionTimedOut,
        PlanAction.Unmanage => PropagationReason.LabelRemovalTimedOut,
        _ => PropagationReason.UpdateTimedOut,
    };

    private static string Text(Exception error) => error is KubeException or FederationException
        ? Remedied(error.Message, (error as KubeException)?.Remedy)
        : Printable.Of($"an unexpected {error.GetType().Name} ended the work on it: {error.Message}");

    private static string Remedied(string message, string? remedy) => remedy is null ? message
        : message is [.., '.' or '?' or '!'] ? $"{message} {remedy}"
        : $"{message}. {remedy}";
}
