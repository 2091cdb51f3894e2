using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeFed.TestSupport.Servers;

/// <summary>A certificate and its private key as PEM texts, the way a kubeconfig embeds them.</summary>
public sealed record PemPair(string Certificate, string Key);

/// <summary>The certificate authority of one cluster. Nothing but that cluster trusts it.</summary>
public sealed class ClusterAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly DateTimeOffset _now;

    private ClusterAuthority(X509Certificate2 certificate, DateTimeOffset now)
    {
        _certificate = certificate;
        _now = now;
    }

    /// <summary>PEM of the CA certificate.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Makes a CA that is valid from 30 days before to 365 days after the clock's now.</summary>
    public static ClusterAuthority Create(string name, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new ClusterAuthority(request.CreateSelfSigned(now.AddDays(-30), now.AddDays(365)), now);
    }

    /// <summary>A private key for the tokens of service accounts.</summary>
    public static string NewSigningKeyPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportECPrivateKeyPem();
    }

    /// <summary>For a server on 127.0.0.1 that pods would also know as <c>kubernetes.default.svc</c>.</summary>
    public PemPair IssueServer(IPAddress serviceAddress)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(serviceAddress);
        foreach (var name in (string[])["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"])
        {
            names.AddDnsName(name);
        }

        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("kube-apiserver");
        return Issue(subject, "1.3.6.1.5.5.7.3.1", _now.AddDays(-1), _now.AddDays(300), names.Build());
    }

    /// <summary>
    /// For a client that the API server knows as <paramref name="user"/> in <paramref name="groups"/>; <paramref name="validFor"/> counts from now and
    /// may be negative for a certificate that has expired.
    /// </summary>
    public PemPair IssueClient(string user, IEnumerable<string> groups, TimeSpan? validFor = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return Issue(subject, "1.3.6.1.5.5.7.3.2", _now.AddDays(-20), _now + (validFor ?? TimeSpan.FromDays(300)));
    }

    public void Dispose() => _certificate.Dispose();

    private PemPair Issue(
        X500DistinguishedNameBuilder subject, string purpose, DateTimeOffset notBefore, DateTimeOffset notAfter, X509Extension? alternativeNames = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        using var certificate = request.Create(_certificate, notBefore, notAfter, serial);
        return new PemPair(certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}
