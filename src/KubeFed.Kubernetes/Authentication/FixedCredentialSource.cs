using System.Net.Http.Headers;
using System.Text;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>No credential, a token, or a name and a password: nothing that changes.</summary>
internal sealed class FixedCredentialSource(IssuedCredential credential) : ICredentialSource
{
    public static FixedCredentialSource Anonymous { get; } = new(IssuedCredential.None);

    /// <exception cref="KubeConfigException">The token can't be sent.</exception>
    public static FixedCredentialSource Bearer(string cluster, string token)
    {
        try
        {
            return new FixedCredentialSource(new IssuedCredential(BearerToken.Header(token), null));
        }
        catch (FormatException error)
        {
            throw new KubeConfigException($"{cluster}: {error.Message}.", error)
            {
                Remedy = "Write the token anew, on one line and without anything around it.",
            };
        }
    }

    public static FixedCredentialSource Basic(string user, string password) =>
        new(new IssuedCredential(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))), null));

    public ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public bool Renew() => false;

    public void Dispose() => credential.Certificate?.Dispose();
}
