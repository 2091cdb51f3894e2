using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Gets tokens of a service account: long-lived ones from a Secret, which the member's token controller fills, others by asking for one.</summary>
/// <remarks>cli.md section 2 step 7, P-1; TokenRequest of authentication.k8s.io/v1.</remarks>
internal static class MemberToken
{
    /// <summary>Where nobody chose one: long enough that a federation that is synchronised once in a while renews it in time.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(365);

    /// <summary>What API servers grant at least.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Null when nobody fills the Secret in 30 s.</summary>
    public static Task<string?> FromSecretAsync(TimeProvider time, ObjectWriter member, ObjectKey secret, CancellationToken cancellationToken)
    {
        return Polling.UntilAsync(time, Interval, Patience, LookAsync, cancellationToken);

        async Task<string?> LookAsync() => await member.FindAsync(KnownResources.Secrets, secret, cancellationToken).ConfigureAwait(false) is { } stored
            ? MemberConnections.DecodeToken(stored)
            : null;
    }

    /// <summary>A token that expires; the server may grant less than was asked for, and the token itself says when.</summary>
    /// <exception cref="FederationException"><c>TokenTimedOut</c>: the answer holds no token.</exception>
    public static async Task<string> RequestAsync(
        IKubeClient client, string cluster, ObjectKey account, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var body = KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest"}""");
        body.Json["spec"] = new JsonObject { ["expirationSeconds"] = (long)lifetime.TotalSeconds };
        var answer = await client.PostSubresourceAsync(KnownResources.ServiceAccounts, account, "token", body, cancellationToken).ConfigureAwait(false);
        return answer.Status.NonEmptyText("token") ?? throw new FederationException(
            "TokenTimedOut", FederationProblem.TimedOut, $"{cluster} issued no token for service account {account}.")
        {
            Remedy = "Check that the cluster's kube-controller-manager runs its serviceaccount-token controller, then join again.",
            Target = cluster,
        };
    }

    /// <exception cref="FederationException"><c>InvalidTokenLifetime</c>.</exception>
    public static void CheckLifetime(TimeSpan? lifetime, string cluster)
    {
        if (lifetime is { } asked && asked != Timeout.InfiniteTimeSpan && (asked < ShortestLifetime || asked > TimeSpan.FromDays(36500)))
        {
            throw new FederationException(
                "InvalidTokenLifetime",
                FederationProblem.Invalid,
                $"A token cannot live for {asked}: API servers grant {ShortestLifetime.TotalMinutes:0} minutes and more.")
            {
                Remedy = "Give days and hours, such as 30.00:00:00 for 30 days.",
                Target = cluster,
            };
        }
    }
}
