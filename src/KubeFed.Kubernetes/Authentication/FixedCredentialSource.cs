using System.Net.Http.Headers;
using System.Text;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>No credential, a token, or a name and a password: nothing that changes.</summary>
internal sealed class FixedCredentialSource(IssuedCredential credential) : ICredentialSource
{
    public static FixedCredentialSource Anonymous { get; } = new(IssuedCredential.None);

    public static FixedCredentialSource Bearer(string token) => new(new IssuedCredential(new AuthenticationHeaderValue("Bearer", token), null));

    public static FixedCredentialSource Basic(string user, string password) =>
        new(new IssuedCredential(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))), null));

    public ValueTask<IssuedCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(credential);

    public bool Renew() => false;

    public void Dispose() => credential.Certificate?.Dispose();
}
