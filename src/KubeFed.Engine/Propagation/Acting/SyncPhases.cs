using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The order within a member: namespaces before what lives in them, and namespaces that go after what lived in them, which would otherwise be left behind
/// unlabelled instead of deleted (P-38).
/// </summary>
internal static class SyncPhases
{
    public const int Count = 3;

    /// <summary>Everything that is no namespace.</summary>
    public const int Content = 1;

    public static int Of(FederatedResource resource) => !resource.Type.IsNamespaceType ? Content : resource.Object.IsDeleting ? 2 : 0;
}
