using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>Tells objects that somebody wrote from those a cluster makes by itself, which mean nothing elsewhere and come back when deleted.</summary>
/// <remarks>K-57, K-58, P-124.</remarks>
internal static class DerivedObjects
{
    private static readonly string[] Kinds =
    [
        "events", "events.events.k8s.io", "endpoints", "endpointslices.discovery.k8s.io", "controllerrevisions.apps", "leases.coordination.k8s.io",
        "pods.metrics.k8s.io",
    ];

    /// <summary>Kinds of which no object is anybody's.</summary>
    public static bool IsDerivedKind(ApiResource resource) => Kinds.Contains(resource.QualifiedName, StringComparer.Ordinal);

    /// <summary>Why every cluster writes an object of this name by itself, with content of its own; null for any other.</summary>
    public static string? WhyEverywhere(ApiResource resource, string name) =>
        resource is { Group: "", Kind: "ConfigMap" } && name is "kube-root-ca.crt" or "openshift-service-ca.crt" or "istio-ca-root-cert"
            ? "every namespace has one, with the authorities of its own cluster"
            : null;

    /// <summary>Why the object is nobody's, or null when it is somebody's.</summary>
    public static string? WhyDerived(ApiResource resource, KubeObject value)
    {
        if (value.Json.Map("metadata").Maps("ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } controller)
        {
            return $"{controller.Text("kind")} {controller.Text("name")} controls it";
        }

        return WhyEverywhere(resource, value.Name) ?? resource switch
        {
            { Group: "", Kind: "ServiceAccount" } when value.Name == "default" => "every namespace has one",
            { Group: "", Kind: "Secret" } when value.Json.Text("type") == "kubernetes.io/service-account-token" => "it is a service account's token",
            _ => null,
        };
    }
}
