using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Finds the version in which a member serves a type that it does not serve in the version that is enabled. Asked only after a 404, and read once a run, so
/// a member that serves the enabled versions costs nothing.
/// </summary>
/// <remarks>
/// P-53. Only the same group, plural and scope: a kind that moved to another group, as Ingress did, is another type. Fields are not converted; a member that
/// does not know one refuses or prunes it as it always does.
/// </remarks>
internal sealed class ServedVersions
{
    private readonly Lazy<Task<(DiscoveryResult Preferred, DiscoveryResult All)>> _served;

    public ServedVersions(Task<IKubeClient> connecting, CancellationToken cancellationToken) =>
        _served = new(() => ReadAsync(connecting, cancellationToken));

    /// <summary>The version the member prefers, or else any it serves; null when it serves none.</summary>
    /// <exception cref="KubeException">Discovery failed.</exception>
    public async Task<ApiResource?> FindAsync(ApiResource type)
    {
        var (preferred, all) = await _served.Value.ConfigureAwait(false);
        return preferred.Resources.Concat(all.Resources).FirstOrDefault(served =>
            (served.Group, served.Plural, served.Kind, served.Namespaced) == (type.Group, type.Plural, type.Kind, type.Namespaced)
            && served.Version != type.Version);
    }

    private static async Task<(DiscoveryResult Preferred, DiscoveryResult All)> ReadAsync(Task<IKubeClient> connecting, CancellationToken cancellationToken)
    {
        var discovery = (await connecting.ConfigureAwait(false)).Discovery;

        // What a long session remembers may be older than the 404 that made us ask.
        discovery.Invalidate();
        return (await discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false), await discovery.GetAllAsync(cancellationToken).ConfigureAwait(false));
    }
}
