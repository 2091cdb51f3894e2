using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeFed.Kubernetes.Tests.Fakes;

/// <summary>A certificate authority, root or intermediate, that issues what a test needs.</summary>
public sealed class TestAuthority
{
    private readonly TestAuthority? _issuer;

    public TestAuthority(string name, TestAuthority? issuer = null)
    {
        _issuer = issuer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var (from, to) = (DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
        Certificate = issuer is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(issuer.Certificate, from.AddDays(1), to.AddDays(-1), Serial()).CopyWithPrivateKey(key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>The intermediates between this authority's leaves and the root.</summary>
    public X509Certificate2Collection Intermediates
    {
        get
        {
            var chain = new X509Certificate2Collection();
            for (var authority = this; authority._issuer is not null; authority = authority._issuer)
            {
                chain.Add(authority.Certificate);
            }

            return chain;
        }
    }

    public X509Certificate2 Server(string name = "127.0.0.1", int validToDays = 30)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=apiserver", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return Sign(request, validToDays).CopyWithPrivateKey(key);
    }

    /// <summary>Certificate (with the intermediates) and key of a client, PEM.</summary>
    public (string Certificate, string Key) Client(string user, bool ec = false)
    {
        using AsymmetricAlgorithm key = ec ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        var request = key is ECDsa curve
            ? new CertificateRequest($"CN={user}", curve, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={user}", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var pem = Sign(request, 30).ExportCertificatePem() + "\n" + string.Join('\n', Intermediates.Select(certificate => certificate.ExportCertificatePem()));
        return (pem, key is ECDsa sec1 ? sec1.ExportECPrivateKeyPem() : ((RSA)key).ExportRSAPrivateKeyPem());
    }

    private X509Certificate2 Sign(CertificateRequest request, int validToDays) =>
        request.Create(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(Certificate.GetECDsaPrivateKey()!),
            DateTimeOffset.UtcNow.AddDays(-60),
            DateTimeOffset.UtcNow.AddDays(validToDays),
            Serial());

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(8);
}
