using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Kubernetes.Tls;

/// <summary>
/// Decides whether a server's certificate is good: signed by the configured authority (or one the system trusts), for the expected name, and in its
/// validity period. Each of the last two can be left out on its own, whether or not an authority is configured.
/// </summary>
/// <remarks>
/// E-152; pain P-10: naming one check must not switch off the others. Any certificate of the configured bundle is an anchor, intermediates too, as in Go.
/// </remarks>
internal sealed class ServerCertificateCheck : IDisposable
{
    private readonly string _expectedName;
    private readonly TlsChecksDisabled _disabled;
    private readonly X509Certificate2Collection? _anchors;

    public ServerCertificateCheck(ConnectionSettings settings)
    {
        _expectedName = settings.TlsServerName is { Length: > 0 } name ? name : settings.Server.IdnHost;
        _disabled = settings.TlsChecksDisabled;
        if (settings.CertificateAuthority is { } pem && !_disabled.HasFlag(TlsChecksDisabled.All))
        {
            _anchors = ReadAnchors(settings.Name, pem);
        }
    }

    /// <summary>The options every TLS connection to this server starts from; the name to expect is the handler's or caller's to set.</summary>
    public SslClientAuthenticationOptions Options(ClientCertificate? certificate) => new()
    {
        RemoteCertificateValidationCallback = (_, presented, chain, errors) => Accept(presented as X509Certificate2, chain, errors),
        CertificateChainPolicy = Policy(),
        ClientCertificateContext = certificate?.Context,
    };

    public void Dispose()
    {
        foreach (var anchor in _anchors ?? [])
        {
            anchor.Dispose();
        }
    }

    private static X509Certificate2Collection ReadAnchors(string cluster, string pem)
    {
        var anchors = new X509Certificate2Collection();
        CryptographicException? unreadable = null;
        foreach (var block in Blocks(pem))
        {
            try
            {
                anchors.ImportFromPem(block);
            }
            catch (CryptographicException error)
            {
                // As in Go, what can't be read among several is left out: nothing is trusted on its account.
                unreadable = error;
            }
        }

        var why = unreadable is null ? "no CERTIFICATE block" : $"no certificate that can be read: {unreadable.Message.TrimEnd('.')}";
        return anchors.Count > 0
            ? anchors
            : throw new KubeConfigException($"{cluster}: the certificate authority holds {why}.", unreadable)
            {
                Remedy = "Check certificate-authority or certificate-authority-data of the cluster's entry.",
            };
    }

    /// <summary>The blocks of a PEM text, each with what may stand before it.</summary>
    private static IEnumerable<string> Blocks(string pem)
    {
        while (PemEncoding.TryFind(pem, out var found))
        {
            yield return pem[found.Location];
            pem = pem[found.Location.End..];
        }
    }

    private X509ChainPolicy Policy(X509Certificate2? only = null)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // serverAuth
        if (_anchors is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(only is null ? _anchors : [only]);
            policy.DisableCertificateDownloads = true;
        }

        return policy;
    }

    private bool Accept(X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_disabled.HasFlag(TlsChecksDisabled.All))
        {
            return true;
        }

        if (leaf is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            throw new ServerCertificateException($"the server for '{_expectedName}' presents no certificate", "Check that the port is that of an API server.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && !_disabled.HasFlag(TlsChecksDisabled.SubjectName))
        {
            throw new ServerCertificateException(
                $"the server's certificate ({Describe(leaf)}) is not for '{_expectedName}' but for {Names(leaf)}",
                "Use a server address the certificate names, or set tls-server-name to one of these names.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            VerifyChain(leaf, chain);
        }

        return true;
    }

    /// <summary>The chain as the platform built it did not hold; see whether it does by our rules, and say why if not.</summary>
    private void VerifyChain(X509Certificate2 leaf, X509Chain? first)
    {
        // Anchors are tried one by one: of two with the same name, as in the rotation of an authority, the platform looks at one only.
        IEnumerable<X509Certificate2?> anchors = _anchors ?? (IEnumerable<X509Certificate2?>)[null];
        var flags = X509ChainStatusFlags.NoError;
        foreach (var anchor in anchors)
        {
            var found = Verify(leaf, first, anchor);
            if (found == X509ChainStatusFlags.NoError)
            {
                return;
            }

            flags |= found;
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            throw new ServerCertificateException(
                $"the server's certificate ({Describe(leaf)}) or one of its issuers is outside its validity period ({leaf.NotBefore:u} to {leaf.NotAfter:u})",
                "Renew the server's certificate, or check this machine's clock.");
        }

        throw new ServerCertificateException(
            $"the server's certificate ({Describe(leaf)}, issued by {leaf.Issuer}) is not signed by "
            + (_anchors is null ? "an authority this system trusts" : "the configured certificate authority") + $" [{flags}]",
            "Set certificate-authority-data to the authority that signed the server's certificate.");
    }

    /// <summary>What is wrong with the chain up to this anchor (null: the system's); nothing when it holds.</summary>
    private X509ChainStatusFlags Verify(X509Certificate2 leaf, X509Chain? first, X509Certificate2? anchor)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = Policy(anchor);
        foreach (var element in first?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        chain.ChainPolicy.ExtraStore.AddRange(first?.ChainPolicy.ExtraStore ?? []);
        if (_disabled.HasFlag(TlsChecksDisabled.ValidityPeriod))
        {
            chain.ChainPolicy.VerificationTimeIgnored = false;
            chain.ChainPolicy.VerificationTime = leaf.NotBefore.AddSeconds(1);
        }

        if (chain.Build(leaf))
        {
            return X509ChainStatusFlags.NoError;
        }

        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        var anchored = flags == X509ChainStatusFlags.PartialChain && anchor is not null && EndsInAnIntermediateAnchor(chain, leaf, anchor);
        return anchored ? X509ChainStatusFlags.NoError : flags;
    }

    /// <summary>
    /// .NET takes only self-signed certificates as roots. Letting an unknown authority pass is safe only together with the demand that the chain holds
    /// the configured certificate: the flag alone would let a foreign authority's leaf pass too.
    /// </summary>
    private static bool EndsInAnIntermediateAnchor(X509Chain chain, X509Certificate2 leaf, X509Certificate2 anchor)
    {
        chain.ChainPolicy.VerificationFlags |= X509VerificationFlags.AllowUnknownCertificateAuthority;
        return chain.Build(leaf) && chain.ChainElements.Any(element => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span));
    }

    private static string Describe(X509Certificate2 certificate) => certificate.Subject.Length > 0 ? certificate.Subject : $"serial {certificate.SerialNumber}";

    private static string Names(X509Certificate2 certificate)
    {
        var alternative = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        var names = alternative is null
            ? []
            : alternative.EnumerateDnsNames().Concat(alternative.EnumerateIPAddresses().Select(address => address.ToString())).ToList();
        return names.Count == 0 ? "no name at all" : string.Join(", ", names);
    }
}
