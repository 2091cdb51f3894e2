using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>The clients of member clusters, one per cluster and set of credentials, made when first asked for. Safe for concurrent use.</summary>
/// <remarks>E-150 to E-154, without P-10: each TLS option disables what it names and nothing else, and the proxy always applies.</remarks>
public sealed class MemberConnections(Federation federation) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Connection> _connections = new(StringComparer.Ordinal);

    /// <summary>Far longer than any call takes, so that no caller of a replaced client is still at work.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    /// <summary>Clients that newer credentials replaced. Their callers may still be at work, so they live on for a while.</summary>
    private readonly Queue<(IKubeClient Client, long Since)> _replaced = new();

    private bool _disposed;

    /// <summary>
    /// Reads the token Secret and makes, or returns, the client. A changed Secret, endpoint or CA yields a new client (P-2).
    /// </summary>
    /// <exception cref="FederationException">
    /// <c>ClusterSecretNotFound</c>, <c>ClusterTokenMissing</c>: the Secret is missing or has no token; <c>ClusterEndpointInvalid</c>,
    /// <c>ClusterProxyInvalid</c>, <c>ClusterCaInvalid</c>: a field of the KubeFedCluster cannot be used (E-150).
    /// </exception>
    public async Task<IKubeClient> ConnectAsync(MemberCluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.SecretName.Length == 0)
        {
            throw MemberSettings.Invalid(cluster, "ClusterSecretNotFound", "spec.secretRef.name", string.Empty, "it names no Secret");
        }

        var key = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
        try
        {
            var secret = await federation.Host.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false);
            return Connect(cluster, secret is null ? null : DecodeToken(secret) ?? string.Empty);
        }
        catch (InvalidRequestException unnameable)
        {
            throw MemberSettings.Invalid(cluster, "ClusterSecretNotFound", "spec.secretRef.name", cluster.SecretName, unnameable.Message);
        }
    }

    /// <summary>As <see cref="ConnectAsync"/>, for those who know the Secret already.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="token">What its Secret holds: null when there is no Secret, empty when it holds no token.</param>
    internal IKubeClient Connect(MemberCluster cluster, string? token)
    {
        var key = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
        var why = cluster.SecretName.Length == 0 ? ("ClusterSecretNotFound", "it names no Secret")
            : token is null ? ("ClusterSecretNotFound", $"there is no such Secret in namespace {federation.SystemNamespace} of {federation.Options.HostName}")
            : token.Length == 0 ? ("ClusterTokenMissing", $"Secret {key} has no usable '{KubeFedNames.TokenKey}' entry")
            : default((string Id, string Text)?);
        if (why is { } problem)
        {
            throw MemberSettings.Invalid(cluster, problem.Id, "spec.secretRef.name", cluster.SecretName, problem.Text);
        }

        var settings = MemberSettings.From(cluster, token!);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connections.TryGetValue(cluster.Name, out var known))
            {
                if (known.Settings == settings)
                {
                    return known.Client;
                }

                DisposeReplaced(Grace);
                _replaced.Enqueue((known.Client, federation.Time.GetTimestamp()));
            }

            var client = federation.Direct.Create(settings);
            _connections[cluster.Name] = new Connection(settings, client);
            return client;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var client in _replaced.Select(r => r.Client).Concat(_connections.Values.Select(c => c.Client)))
            {
                client.Dispose();
            }

            _replaced.Clear();
            _connections.Clear();
        }
    }

    private void DisposeReplaced(TimeSpan age)
    {
        while (_replaced.TryPeek(out var oldest) && federation.Time.GetElapsedTime(oldest.Since) >= age)
        {
            _replaced.Dequeue().Client.Dispose();
        }
    }

    /// <summary>The bearer token of a Secret; null when the entry is absent, empty or not base64.</summary>
    internal static string? DecodeToken(KubeObject secret)
    {
        if (secret.Json.Map("data").NonEmptyText(KubeFedNames.TokenKey) is not { } base64)
        {
            return null;
        }

        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) && length > 0
            ? Encoding.UTF8.GetString(buffer, 0, length).Trim() is { Length: > 0 } token ? token : null
            : null;
    }

    private sealed record Connection(ConnectionSettings Settings, IKubeClient Client);
}
