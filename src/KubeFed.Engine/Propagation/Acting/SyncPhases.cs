using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The order within a member: namespaces before what lives in them, custom resource definitions before what they define, and both, where they go, after what
/// depended on them, which would otherwise be left behind unlabelled instead of deleted (P-38).
/// </summary>
internal static class SyncPhases
{
    public const int Count = 4;

    /// <summary>Custom resource definitions.</summary>
    public const int Definitions = 1;

    /// <summary>Everything that is neither a namespace nor a definition.</summary>
    public const int Content = 2;

    private const int Namespaces = 0;

    private const int Departures = 3;

    /// <summary>Whether resources of the type are in other phases than <see cref="Content"/>.</summary>
    public static bool IsAhead(FederatedType type) => type.IsNamespaceType || type.IsDefinitionType;

    public static int Of(FederatedResource resource) => !IsAhead(resource.Type) ? Content
        : resource.Object.IsDeleting ? Departures
        : resource.Type.IsNamespaceType ? Namespaces
        : Definitions;
}
