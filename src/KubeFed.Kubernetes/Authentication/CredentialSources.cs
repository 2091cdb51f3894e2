using KubeFed.Kubernetes.Config;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>Chooses the source that serves a kind of credential.</summary>
internal static class CredentialSources
{
    /// <exception cref="Client.KubeConfigException">A client certificate or a token can't be used.</exception>
    public static ICredentialSource Create(ConnectionSettings settings, TimeProvider time, ILogger logger) =>
        Create(settings, settings.Credentials, time, logger);

    private static ICredentialSource Create(ConnectionSettings settings, Credentials credentials, TimeProvider time, ILogger logger) => credentials switch
    {
        AnonymousCredentials => FixedCredentialSource.Anonymous,
        TokenCredentials token => FixedCredentialSource.Bearer(settings.Name, token.Token),
        BasicCredentials basic => FixedCredentialSource.Basic(basic.UserName, basic.Password),
        TokenFileCredentials file => new TokenFileSource(settings.Name, file.Path, time, logger),
        CertificateCredentials { Authorization: { } authorization } both => new JoinedSource(
            new CertificateSource(settings.Name, both, time, logger), Create(settings, authorization, time, logger)),
        CertificateCredentials certificate => new CertificateSource(settings.Name, certificate, time, logger),
        ExecCredentials exec => new ExecSource(settings, exec, time, logger),
        _ => throw new ArgumentException($"{credentials.GetType().Name} is no known kind of credential.", nameof(settings)),
    };
}
