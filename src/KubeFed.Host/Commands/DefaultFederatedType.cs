using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>The federated type a target would have by default, for conversions that need no control plane.</summary>
/// <remarks>K-50, K-63.</remarks>
internal static class DefaultFederatedType
{
    internal static FederatedType Of(ApiResource target)
    {
        var namespaces = target is { Group: "", Plural: "namespaces" };
        return new FederatedType
        {
            Name = target.QualifiedName,
            Target = target,
            Federated = new ApiResource(
                KubeFedNames.TypesGroup,
                KubeFedNames.TypesVersion,
                KubeFedNames.FederatedPrefix + target.Kind,
                "federated" + target.Plural,
                target.Namespaced || namespaces),
            Source = KubeObject.Create(CoreResources.FederatedTypeConfigs, new ObjectKey(KubeFedNames.DefaultSystemNamespace, target.QualifiedName)),
        };
    }
}
