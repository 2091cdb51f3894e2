using System.Security.Authentication;

namespace KubeFed.Kubernetes.Tls;

/// <summary>The server's certificate was looked at and refused; the message says for which reason.</summary>
internal sealed class ServerCertificateException(string message, string remedy) : AuthenticationException(message)
{
    public string Remedy { get; } = remedy;
}
