using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Clusters;

/// <summary>The clients of member clusters, one per cluster and set of credentials, made when first asked for.</summary>
public sealed class MemberConnections(Federation federation) : IDisposable
{
    /// <summary>
    /// Reads the token Secret and makes, or returns, the client. A changed Secret, endpoint or CA yields a new client (P-2).
    /// </summary>
    /// <exception cref="FederationException">The Secret is missing or has no token, or the endpoint cannot be parsed (E-150).</exception>
    public Task<IKubeClient> ConnectAsync(MemberCluster cluster, CancellationToken cancellationToken) =>
        throw new NotImplementedException(federation.SystemNamespace);

    public void Dispose()
    {
    }
}
