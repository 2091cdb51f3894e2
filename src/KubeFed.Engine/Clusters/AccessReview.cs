using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Asks a cluster whether the connection's user may do one thing.</summary>
/// <remarks>SelfSubjectAccessReview of authorization.k8s.io/v1.</remarks>
internal static class AccessReview
{
    private static readonly ApiResource Reviews =
        new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", Namespaced: false);

    /// <summary>Why not; null when allowed, and also where reviews are not served: the request itself will tell.</summary>
    public static async Task<string?> RefusalAsync(
        IKubeClient client, string verb, string group, string resource, string? @namespace, CancellationToken cancellationToken)
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
            var answer = await client.CreateAsync(Reviews, review, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
            return answer.Status?["allowed"] is null || answer.Status.Flag("allowed") ? null : answer.Status.Text("reason") ?? string.Empty;
        }
        catch (KubeApiException error) when (error.IsNotFound || error.IsForbidden || error.IsInvalid)
        {
            return null;
        }
    }
}
