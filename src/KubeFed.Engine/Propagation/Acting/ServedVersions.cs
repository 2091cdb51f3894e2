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

    /// <summary>An object by its name, and the type in the version the member serves; a null object when there is none in any.</summary>
    /// <exception cref="KubeException">It could not be read.</exception>
    public async Task<(ApiResource Resource, KubeObject? Found)> GetAsync(
        IKubeClient client, ApiResource type, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return (type, await client.GetAsync(type, key, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException missing) when (missing.IsNotFound)
        {
            // A server names what it looked for and did not find; of a type it does not serve it knows no name.
            return missing.Status.Name.Length == 0 && await FindAsync(type).ConfigureAwait(false) is { } served
                ? (served, await client.FindAsync(served, key, cancellationToken).ConfigureAwait(false))
                : (type, null);
        }
    }

    /// <summary>A list, in the enabled version or in the one the member serves.</summary>
    /// <exception cref="KubeException">It could not be read; a 404 when the member serves none.</exception>
    public async Task<KubeList> ListAsync(IKubeClient client, ApiResource type, ListQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ListAsync(type, query, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException missing) when (missing.IsNotFound)
        {
            if (await FindAsync(type).ConfigureAwait(false) is not { } served)
            {
                throw;
            }

            return await client.ListAsync(served, query, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(DiscoveryResult Preferred, DiscoveryResult All)> ReadAsync(Task<IKubeClient> connecting, CancellationToken cancellationToken)
    {
        var discovery = (await connecting.ConfigureAwait(false)).Discovery;

        // What a long session remembers may be older than the 404 that made us ask.
        discovery.Invalidate();
        return (await discovery.GetPreferredAsync(cancellationToken).ConfigureAwait(false), await discovery.GetAllAsync(cancellationToken).ConfigureAwait(false));
    }
}
