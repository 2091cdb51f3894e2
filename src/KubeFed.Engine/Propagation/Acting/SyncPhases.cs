using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The order within a member: namespaces before what lives in them, custom resource definitions before what they define, and both, where they go, after what
/// depended on them, which would otherwise be left behind unlabelled instead of deleted (P-38). Role bindings come after roles: who may not do everything may
/// bind a role only once it is there and he holds what it grants.
/// </summary>
internal static class SyncPhases
{
    public const int Count = 5;

    /// <summary>Custom resource definitions.</summary>
    public const int Definitions = 1;

    /// <summary>Everything that has no phase of its own.</summary>
    public const int Content = 2;

    private const int Namespaces = 0;

    private const int Bindings = 3;

    private const int Departures = 4;

    /// <summary>Whether resources of the type are in other phases than <see cref="Content"/>.</summary>
    public static bool HasOwn(FederatedType type) => type.IsNamespaceType || type.IsDefinitionType || IsBinding(type);

    public static int Of(FederatedResource resource) => !HasOwn(resource.Type) ? Content
        : IsBinding(resource.Type) ? Bindings
        : resource.Object.IsDeleting ? Departures
        : resource.Type.IsNamespaceType ? Namespaces
        : Definitions;

    private static bool IsBinding(FederatedType type) =>
        type.Target is { Group: "rbac.authorization.k8s.io", Plural: "rolebindings" or "clusterrolebindings" };
}
