using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Asks the member whether the joining user may do what join does. Granting a role takes holding it, so whoever grants everything must hold everything;
/// without this check the refusal would come after half the objects are made.
/// </summary>
/// <remarks>P-17; SelfSubjectAccessReview of authorization.k8s.io/v1.</remarks>
internal sealed class PermissionCheck(IKubeClient member, string cluster, ControlPlaneScope scope, string systemNamespace)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        (string Verb, string Group, string Resource, string? Namespace)[] needed =
        [
            ("create", string.Empty, "namespaces", null),
            ("create", "rbac.authorization.k8s.io", "clusterroles", null),
            ("*", "*", "*", scope == ControlPlaneScope.Cluster ? null : systemNamespace),
        ];
        foreach (var (verb, group, resource, @namespace) in needed)
        {
            if (await AccessReview.RefusalAsync(member, verb, group, resource, @namespace, cancellationToken).ConfigureAwait(false) is { } reason)
            {
                var action = resource == "*" ? "do everything, which is what it would grant" : $"{verb} {resource}";
                throw new FederationException(
                    "InsufficientPermission",
                    FederationProblem.Failed,
                    $"Cluster \"{cluster}\" cannot be joined: the context's user may not {action}{(@namespace is null ? string.Empty : $" in {@namespace}")}"
                        + $"{(reason.Length > 0 ? $" ({reason})" : string.Empty)}.")
                {
                    Remedy = "Use a context whose user administers the cluster (on GKE: bind cluster-admin to your account first), "
                        + "or register the cluster with credentials of your own by CredentialSecret.",
                    Target = cluster,
                };
            }
        }
    }
}
