using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The order within a member: namespaces before what lives in them, and namespaces that go after what lived in them, which would otherwise be left behind
/// unlabelled instead of deleted (P-38).
/// </summary>
internal static class SyncPhases
{
    public const int Count = 3;

    public static int Of(FederatedResource resource) => !resource.Type.IsNamespaceType ? 1 : resource.Object.IsDeleting ? 2 : 0;
}
