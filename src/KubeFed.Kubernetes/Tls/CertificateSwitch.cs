namespace KubeFed.Kubernetes.Tls;

/// <summary>
/// Sends each request over connections made with the client certificate it asks for. When a certificate rotates, new connections are made and the old
/// ones end with their last request: a TLS session can't change its certificate.
/// </summary>
internal sealed class CertificateSwitch(Func<ClientCertificate?, HttpMessageHandler> create, IDisposable owned) : HttpMessageHandler
{
    /// <summary>The certificate a request is to be sent with; absent means none.</summary>
    public static readonly HttpRequestOptionsKey<ClientCertificate> CertificateOption = new("KubeFed.ClientCertificate");

    private readonly Lock _lock = new();
    private HttpMessageInvoker? _current;
    private ClientCertificate? _certificate;
    private bool _disposed;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(CertificateOption, out var certificate);
        return For(certificate).SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _disposed = true;
                _current?.Dispose();
                _current = null;
                owned.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private HttpMessageInvoker For(ClientCertificate? certificate)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is null || !ReferenceEquals(_certificate, certificate))
            {
                // Disposing lets requests in flight finish; only idle connections close at once.
                _current?.Dispose();
                _certificate = certificate;
                _current = new HttpMessageInvoker(create(certificate), disposeHandler: true);
            }

            return _current;
        }
    }
}
