using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>Turns an existing object into its federated form. Pure.</summary>
/// <remarks>K-53 to K-56, P-125.</remarks>
public static class TargetConversion
{
    /// <summary>The federated form; nothing is asked of any server.</summary>
    /// <exception cref="FederationException"><c>KindMismatch</c>: the type federates another kind; <c>TokenSecretNotFederable</c>.</exception>
    public static FederatedResource Convert(FederatedType type, KubeObject target, PlacementSpec placement)
    {
        if (target.Kind != type.Target.Kind || target.Gvk.Group != type.Target.Group)
        {
            throw new FederationException(
                "KindMismatch",
                FederationProblem.Invalid,
                $"{target} of {target.ApiVersion} cannot become a {type.Federated.Kind}: that type federates {type.Target.Kind} of {type.Target.ApiVersion}.")
            {
                Remedy = $"Enable-KubeFedType {target.Kind} enables the object's own type.",
                Target = target.ToString(),
            };
        }

        if (target is { ApiVersion: "v1", Kind: "Secret" } && target.Json.Text("type") == "kubernetes.io/service-account-token")
        {
            throw new FederationException(
                "TokenSecretNotFederable",
                FederationProblem.Refused,
                $"{target} is the token of a service account of this cluster; it means nothing in another and would give it away.")
            {
                Remedy = "Federate the ServiceAccount; each cluster issues tokens of its own.",
                Target = target.ToString(),
            };
        }

        var template = (JsonObject)target.Json.DeepClone();
        template.Remove("apiVersion");
        template.Remove("kind");
        template.Remove("status");
        TargetCleaners.Clean(template, type.Target.Group, target.Kind);
        return Draft.From(new NewFederatedResource
        {
            Type = type,
            Key = new ObjectKey(type.Federated.Namespaced ? type.IsNamespaceType ? target.Name : target.Namespace : null, target.Name),
            Template = template,
            Placement = placement,
        });
    }
}
