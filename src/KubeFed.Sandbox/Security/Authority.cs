using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeFed.Sandbox.Security;

/// <summary>One cluster's certificate authority. Its key never leaves this object; it lives as long as the cluster does.</summary>
/// <remarks>RFC 5280.</remarks>
internal sealed class Authority
{
    private static readonly Oid s_serverAuth = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientAuth = new("1.3.6.1.5.5.7.3.2");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly DateTimeOffset _made;

    public Authority(string clusterName, DateTimeOffset now)
    {
        _made = now;
        var request = new CertificateRequest("CN=kubernetes-ca-" + clusterName, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10));
        Pem = _certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string Pem { get; }

    /// <summary>A server certificate with its key, for loopback addresses and the names pods know the API server by. Valid for a year.</summary>
    public X509Certificate2 IssueServer()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var name in new[] { "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc" })
        {
            names.AddDnsName(name);
        }

        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("kube-apiserver");
        return Issue(subject, s_serverAuth, names.Build());
    }

    /// <summary>A client certificate with its key: the API server takes the common name for the user and each organization for a group.</summary>
    public X509Certificate2 IssueClient(string user, IEnumerable<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return Issue(subject, s_clientAuth, alternativeNames: null);
    }

    /// <summary>Whom a client certificate stands for; null when this authority did not issue it, or it is not valid now.</summary>
    public User? Authenticate(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(s_clientAuth);
        if (!chain.Build(certificate))
        {
            return null;
        }

        var name = string.Empty;
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            switch (part.GetSingleElementType().Value)
            {
                case "2.5.4.3":
                    name = part.GetSingleElementValue() ?? string.Empty;
                    break;
                case "2.5.4.10":
                    groups.Add(part.GetSingleElementValue() ?? string.Empty);
                    break;
            }
        }

        return name.Length == 0 ? null : new User(name, [.. groups, "system:authenticated"]);
    }

    private X509Certificate2 Issue(X500DistinguishedNameBuilder subject, Oid purpose, X509Extension? alternativeNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], critical: false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        using var bare = request.Create(_certificate, _made.AddMinutes(-5), _made.AddYears(1), serial);
        using var withKey = bare.CopyWithPrivateKey(key);

        // TLS on some platforms can't use a key that exists in this process only until it went through a key store.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
