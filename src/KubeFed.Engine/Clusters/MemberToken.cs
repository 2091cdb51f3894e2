using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Gets the token of a service account: from its Secret, which the member's token controller fills, or else by asking for one.</summary>
/// <remarks>cli.md section 2 step 7, P-1.</remarks>
internal sealed class MemberToken(TimeProvider time, IEngineSink sink)
{
    private const long RequestedSeconds = 365 * 24 * 3600;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task<string> GetAsync(ObjectWriter member, MemberNames names, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(names.Namespace, names.ServiceAccount);
        var filled = await Polling.UntilAsync(
            time,
            Interval,
            Patience,
            async () => await member.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false) is { } secret
                ? MemberConnections.DecodeToken(secret)
                : null,
            cancellationToken).ConfigureAwait(false);
        return filled ?? await RequestAsync(member, key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> RequestAsync(ObjectWriter member, ObjectKey account, CancellationToken cancellationToken)
    {
        var body = KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest"}""");
        body.Json["spec"] = new JsonObject { ["expirationSeconds"] = RequestedSeconds };
        var answer = await member.Client
            .PostSubresourceAsync(KnownResources.ServiceAccounts, account, "token", body, cancellationToken)
            .ConfigureAwait(false);
        var token = answer.Status.NonEmptyText("token") ?? throw new FederationException(
            "TokenTimedOut",
            FederationProblem.TimedOut,
            $"{member.Cluster} issued no token for service account {account} within {Patience.TotalSeconds:0} s, neither in Secret {account} nor by request.")
        {
            Remedy = "Check that the cluster's kube-controller-manager runs its serviceaccount-token controller, then join again.",
            Target = member.Cluster,
        };
        sink.Warning(
            $"{member.Cluster} fills no service account Secrets, so a token was requested instead; it expires at {answer.Status.Text("expirationTimestamp")}. "
                + "Join the cluster again before then.");
        return token;
    }
}
