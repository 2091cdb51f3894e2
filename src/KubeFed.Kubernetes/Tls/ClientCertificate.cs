using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeFed.Kubernetes.Tls;

/// <summary>A client certificate with its key, and the intermediates that are sent with it.</summary>
internal sealed class ClientCertificate : IDisposable
{
    private const string Ed25519 = "1.3.101.112";
    private const string Ed448 = "1.3.101.113";

    private readonly X509Certificate2Collection _all;

    private ClientCertificate(X509Certificate2 leaf, X509Certificate2Collection all)
    {
        Leaf = leaf;
        _all = all;
        var intermediates = new X509Certificate2Collection();
        foreach (var certificate in all)
        {
            if (!certificate.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span))
            {
                intermediates.Add(certificate);
            }
        }

        Context = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
    }

    public X509Certificate2 Leaf { get; }

    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads PEM: RSA (PKCS#1 or PKCS#8) or EC keys (SEC1 or PKCS#8); the first certificate is the client's own, the rest its issuers.</summary>
    /// <exception cref="CryptographicException">Not PEM, an encrypted key, or a key that does not belong to the certificate.</exception>
    public static ClientCertificate FromPem(string certificate, string key)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(certificate);
        if (all.Count == 0)
        {
            throw new CryptographicException("there is no CERTIFICATE block in the PEM text");
        }

        if (key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new CryptographicException("the private key is encrypted; store it without a passphrase, or use an exec plugin");
        }

        if (all[0].GetKeyAlgorithm() is Ed25519 or Ed448)
        {
            throw new CryptographicException("its key is an Ed25519 or Ed448 key, with which .NET can't make TLS connections; use an ECDSA or RSA key");
        }

        try
        {
            return new ClientCertificate(UsableEverywhere(X509Certificate2.CreateFromPem(certificate, key)), all);
        }
        catch (ArgumentException error)
        {
            // What .NET throws when certificate and key are of different algorithms.
            throw new CryptographicException("the private key does not belong to the certificate", error);
        }
    }

    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in _all)
        {
            certificate.Dispose();
        }
    }

    public override string ToString() => nameof(ClientCertificate);

    /// <summary>Schannel rejects the ephemeral keys that PEM gives; a round trip through PKCS#12 makes a key it accepts.</summary>
    private static X509Certificate2 UsableEverywhere(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
