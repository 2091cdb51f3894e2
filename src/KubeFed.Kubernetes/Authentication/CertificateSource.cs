using System.Security.Cryptography;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// A client certificate, as text or in files that rotate: the files are looked at once a minute, and a changed pair is used for new connections. A pair
/// that can't be read half way through a rotation leaves the old one in use.
/// </summary>
internal sealed class CertificateSource : ICredentialSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly string _cluster;
    private readonly CertificateCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<ClientCertificate> _retired = [];
    private IssuedCredential _current;
    private (string Certificate, string Key) _text;
    private long _readAt;

    /// <exception cref="KubeConfigException">Certificate or key is missing, unreadable, or they do not belong together.</exception>
    public CertificateSource(string cluster, CertificateCredentials credentials, TimeProvider time, ILogger logger)
    {
        (_cluster, _credentials, _time, _logger) = (cluster, credentials, time, logger);
        try
        {
            _text = Read();
            _current = Issue(_text);
            _readAt = time.GetTimestamp();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new KubeConfigException($"{cluster}: the client certificate can't be used: {error.Message.TrimEnd('.')} ({Places()}).", error)
            {
                Remedy = "Check the user's client-certificate and client-key fields; the key must be PEM, unencrypted, and belong to the certificate.",
            };
        }
    }

    public ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (HasFiles && _time.GetElapsedTime(_readAt) >= Period)
            {
                Refresh();
            }

            return ValueTask.FromResult(_current);
        }
    }

    public bool Renew()
    {
        lock (_lock)
        {
            return HasFiles && Refresh();
        }
    }

    public void Dispose()
    {
        _current.Certificate?.Dispose();
        _retired.ForEach(certificate => certificate.Dispose());
    }

    private bool HasFiles => (_credentials.Certificate is null && _credentials.CertificateFile is not null)
        || (_credentials.Key is null && _credentials.KeyFile is not null);

    private bool Refresh()
    {
        _readAt = _time.GetTimestamp();
        try
        {
            var text = Read();
            if (text == _text)
            {
                return false;
            }

            var issued = Issue(text);
            if (_current.Certificate is { } old)
            {
                // Connections being made may still be using it.
                _retired.Add(old);
            }

            (_text, _current) = (text, issued);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            _logger.LogWarning("{Cluster}: the client certificate can't be read anew, the old one goes on being used: {Reason}", _cluster, error.Message);
            return false;
        }
    }

    private (string Certificate, string Key) Read() =>
        (_credentials.Certificate ?? Text(_credentials.CertificateFile, "client-certificate"), _credentials.Key ?? Text(_credentials.KeyFile, "client-key"));

    private static string Text(string? path, string field) =>
        path is null ? throw new CryptographicException($"{field} is not set") : File.ReadAllText(path);

    private static IssuedCredential Issue((string Certificate, string Key) text) => new(null, ClientCertificate.FromPem(text.Certificate, text.Key));

    private string Places() =>
        $"certificate from {(_credentials.Certificate is null ? _credentials.CertificateFile ?? "nowhere" : "data")}, "
        + $"key from {(_credentials.Key is null ? _credentials.KeyFile ?? "nowhere" : "data")}";
}
