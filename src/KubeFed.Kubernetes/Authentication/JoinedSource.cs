namespace KubeFed.Kubernetes.Authentication;

/// <summary>A client certificate from one source and an Authorization header from another.</summary>
internal sealed class JoinedSource(ICredentialSource certificate, ICredentialSource authorization) : ICredentialSource
{
    public async ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken)
    {
        var shown = await certificate.GetAsync(cancellationToken).ConfigureAwait(false);
        var said = await authorization.GetAsync(cancellationToken).ConfigureAwait(false);
        return new IssuedCredential(said.Authorization, shown.Certificate);
    }

    // Both are asked: either may be what the server refused.
    public bool Renew() => certificate.Renew() | authorization.Renew();

    public void Dispose()
    {
        certificate.Dispose();
        authorization.Dispose();
    }
}
