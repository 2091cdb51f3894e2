using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Asks the member whether the joining user may do what join does. Granting a role takes holding it, so whoever grants everything must hold everything;
/// without this check the refusal would come after half the objects are made.
/// </summary>
/// <remarks>P-17; SelfSubjectAccessReview of authorization.k8s.io/v1.</remarks>
internal sealed class PermissionCheck(IKubeClient member, string cluster, ControlPlaneScope scope, string systemNamespace)
{
    private static readonly ApiResource Reviews =
        new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", Namespaced: false);

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
            if (await AskAsync(verb, group, resource, @namespace, cancellationToken).ConfigureAwait(false) is { } reason)
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

    /// <summary>Null when allowed, and also where reviews are not served: the writes themselves will tell.</summary>
    private async Task<string?> AskAsync(string verb, string group, string resource, string? @namespace, CancellationToken cancellationToken)
    {
        var attributes = new JsonObject { ["verb"] = verb, ["group"] = group, ["resource"] = resource };
        if (@namespace is not null)
        {
            attributes["namespace"] = @namespace;
        }

        var review = new KubeObject(new JsonObject
        {
            ["apiVersion"] = Reviews.ApiVersion,
            ["kind"] = Reviews.Kind,
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        });
        try
        {
            var answer = await member.CreateAsync(Reviews, review, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
            return answer.Status?["allowed"] is null || answer.Status.Flag("allowed") ? null : answer.Status.Text("reason") ?? string.Empty;
        }
        catch (KubeApiException error) when (error.IsNotFound || error.IsForbidden || error.IsInvalid)
        {
            return null;
        }
    }
}
