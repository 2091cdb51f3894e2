using System.Net.Http.Headers;
using KubeFed.Kubernetes.Tls;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>Says who is asking, now; caches what is costly to obtain. Safe for concurrent use.</summary>
internal interface ICredentialSource : IDisposable
{
    /// <exception cref="Client.KubeConnectionException">No credential can be obtained; <see cref="Client.ConnectionFailure.Credentials"/>.</exception>
    ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server did not accept the last one (401): forget it. False when the next one could be no other.</summary>
    bool Renew();
}

/// <summary>What goes with one request. Never printed.</summary>
internal sealed class IssuedCredential(AuthenticationHeaderValue? authorization, ClientCertificate? certificate)
{
    public static IssuedCredential None { get; } = new(null, null);

    public AuthenticationHeaderValue? Authorization { get; } = authorization;

    public ClientCertificate? Certificate { get; } = certificate;

    public override string ToString() => nameof(IssuedCredential);
}
