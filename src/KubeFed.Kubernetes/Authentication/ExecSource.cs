using System.Net.Http.Headers;
using System.Security.Cryptography;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// Asks an exec plugin for a token or a client certificate, one run at a time, and keeps the answer until it expires or the server refuses it.
/// </summary>
/// <remarks>client.authentication.k8s.io, v1 and v1beta1.</remarks>
internal sealed class ExecSource(ConnectionSettings settings, ExecCredentials exec, TimeProvider time, ILogger logger) : ICredentialSource
{
    /// <summary>A credential that expires while a request is on its way helps nobody.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private readonly ExecPlugin _plugin = new(settings, exec, time, logger);
    private readonly SemaphoreSlim _oneRun = new(1);
    private readonly List<ClientCertificate> _retired = [];
    private volatile Cached? _cached;

    public async ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        await _oneRun.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile;
            }

            var answer = await _plugin.RunAsync(cancellationToken).ConfigureAwait(false);
            var old = _cached;
            _cached = new Cached(Issue(answer, old), answer);
            return _cached.Credential;
        }
        finally
        {
            _oneRun.Release();
        }
    }

    public bool Renew()
    {
        if (_cached is { } cached)
        {
            cached.Refused = true;
        }

        return true;
    }

    public void Dispose()
    {
        _oneRun.Dispose();
        _cached?.Credential.Certificate?.Dispose();
        _retired.ForEach(certificate => certificate.Dispose());
    }

    private IssuedCredential? Fresh() =>
        _cached is { Refused: false } cached && (cached.Answer.Expires is not { } expires || time.GetUtcNow() + Margin < expires) ? cached.Credential : null;

    private IssuedCredential Issue(ExecAnswer answer, Cached? old)
    {
        AuthenticationHeaderValue? authorization;
        try
        {
            authorization = answer.Token is null ? null : BearerToken.Header(answer.Token);
        }
        catch (FormatException error)
        {
            throw new KubeConnectionException(
                settings.Name,
                ConnectionFailure.Credentials,
                $"the exec plugin '{exec.Command}' answered with a token that can't be used: {error.Message}",
                error)
            {
                Remedy = "Update the plugin; its status.token must be the token alone.",
            };
        }

        if (answer.Certificate is null || answer.Key is null)
        {
            return new IssuedCredential(authorization, null);
        }

        if (old is not null && old.Answer.Certificate == answer.Certificate && old.Answer.Key == answer.Key)
        {
            // The same certificate again: connections made with it stay good.
            return new IssuedCredential(authorization, old.Credential.Certificate);
        }

        try
        {
            var fresh = ClientCertificate.FromPem(answer.Certificate, answer.Key);
            if (old?.Credential.Certificate is { } replaced)
            {
                _retired.Add(replaced);
            }

            return new IssuedCredential(authorization, fresh);
        }
        catch (CryptographicException error)
        {
            throw new KubeConnectionException(
                settings.Name,
                ConnectionFailure.Credentials,
                $"the exec plugin '{exec.Command}' answered with a certificate that can't be used: {error.Message}",
                error);
        }
    }

    private sealed class Cached(IssuedCredential credential, ExecAnswer answer)
    {
        public IssuedCredential Credential { get; } = credential;

        public ExecAnswer Answer { get; } = answer;

        public bool Refused { get; set; }
    }
}
