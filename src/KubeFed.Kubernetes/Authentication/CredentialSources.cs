using KubeFed.Kubernetes.Config;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>Chooses the source that serves a kind of credential.</summary>
internal static class CredentialSources
{
    public static ICredentialSource Create(ConnectionSettings settings, TimeProvider time, ILogger logger) => settings.Credentials switch
    {
        AnonymousCredentials => FixedCredentialSource.Anonymous,
        TokenCredentials token => FixedCredentialSource.Bearer(token.Token),
        BasicCredentials basic => FixedCredentialSource.Basic(basic.UserName, basic.Password),
        TokenFileCredentials file => new TokenFileSource(settings.Name, file.Path, time, logger),
        CertificateCredentials certificate => new CertificateSource(settings.Name, certificate, time, logger),
        ExecCredentials exec => new ExecSource(settings, exec, time, logger),
        _ => throw new ArgumentException($"{settings.Credentials.GetType().Name} is no known kind of credential.", nameof(settings)),
    };
}
