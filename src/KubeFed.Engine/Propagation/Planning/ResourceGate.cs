using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>Which federated objects are none of propagation's business, whatever they say.</summary>
/// <remarks>E-20, E-24.</remarks>
public static class ResourceGate
{
    /// <summary>Every cluster has these by itself; taking one over would break it. KubeFed forgot kube-node-lease (P-33).</summary>
    private static readonly string[] Reserved = ["default", "kube-system", "kube-public", "kube-node-lease"];

    /// <summary>Why a federated object is passed over, and whether that is its fault; null when it is not passed over.</summary>
    public static (string Why, bool IsFault)? Check(FederatedResource resource, string systemNamespace)
    {
        if (!resource.Type.IsNamespaceType)
        {
            return null;
        }

        var (@namespace, name) = resource.Key;
        if (name != @namespace)
        {
            return ($"a FederatedNamespace must have the name of the namespace it is in: rename it to {@namespace}, or create it in namespace {name}", true);
        }

        return IsReserved(name, systemNamespace)
            ? ($"namespace {name} exists in every cluster and is never propagated; this object only places what is in it", false)
            : null;
    }

    /// <summary>A namespace that is never created, changed or removed in a member.</summary>
    public static bool IsReserved(string name, string systemNamespace) => name == systemNamespace || Reserved.Contains(name, StringComparer.Ordinal);
}
