using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Kubernetes.Config;

namespace KubeFed.TestSupport.Servers;

/// <summary>How to reach one real cluster as its administrator.</summary>
/// <param name="Name">Also the name of its context in the kubeconfig: <c>cluster1</c> and so on.</param>
/// <param name="Server">https on 127.0.0.1; the port stays the same across outages.</param>
/// <param name="CertificateAuthority">PEM.</param>
/// <param name="Admin">Certificate and key of a user in <c>system:masters</c>, PEM.</param>
public sealed record RealCluster(string Name, Uri Server, string CertificateAuthority, PemPair Admin)
{
    public ConnectionSettings ToConnectionSettings() => new()
    {
        Name = Name,
        Server = Server,
        CertificateAuthority = CertificateAuthority,
        Credentials = new CertificateCredentials { Certificate = Admin.Certificate, Key = Admin.Key },
    };

    /// <summary>A bare transport that trusts this cluster alone and presents <paramref name="identity"/>, or the administrator.</summary>
    public SocketsHttpHandler CreateHandler(PemPair? identity = null)
    {
        var client = identity ?? Admin;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(CertificateAuthority));
        return new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509Certificate2.CreateFromPem(client.Certificate, client.Key)],
                CertificateChainPolicy = policy,
            },
        };
    }

    /// <summary>A plain client with <see cref="Server"/> as its base address.</summary>
    public HttpClient CreateClient(PemPair? identity = null) => new(CreateHandler(identity)) { BaseAddress = Server };

    /// <summary>A kubeconfig with this cluster's context alone.</summary>
    public string ToKubeconfigYaml() => KubeconfigText.Of([this]);

    public override string ToString() => $"{Name} ({Server})";
}
