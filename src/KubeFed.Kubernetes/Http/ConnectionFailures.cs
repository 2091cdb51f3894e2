using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;

namespace KubeFed.Kubernetes.Http;

/// <summary>Turns what the network stack throws, and answers that are none, into an error that says what is wrong and what to do.</summary>
/// <param name="settings">The connection.</param>
/// <param name="proxy">The proxy it goes through; null for none.</param>
internal sealed class ConnectionFailures(ConnectionSettings settings, Uri? proxy)
{
    /// <summary>True when a connection that had been established went away: a GET may simply be sent again.</summary>
    public static bool IsLostConnection(Exception error) => error switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } handshake when WasCutOff(handshake) => true,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError,
        } => false,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError } => true,
        ProxyConnectException => false,
        HttpRequestException request when Find<ProxyConnectException>(request) is not null => false,
        HttpRequestException request => FindSocketError(request) is { } code ? IsReset(code) : request.InnerException is IOException,
        IOException => true,
        _ => false,
    };

    public KubeConnectionException Describe(KubeRequest request, Exception error)
    {
        if (Find<ServerCertificateException>(error) is { } rejected)
        {
            return new KubeConnectionException(settings.Name, ConnectionFailure.Tls, $"{request.Title}: {rejected.Message}", error)
            {
                Remedy = rejected.Remedy,
            };
        }

        if (Find<ProxyConnectException>(error) is not null || error is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError })
        {
            return new KubeConnectionException(
                settings.Name, ConnectionFailure.Unreachable, $"{request.Title}: there is no way to {Server}: {Innermost(error)}", error)
            {
                Remedy = ProxyRemedy,
            };
        }

        if ((error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } && !WasCutOff(error)) || Find<AuthenticationException>(error) is not null)
        {
            var message = $"{request.Title}: no TLS session with {Server}: {Innermost(error)}";
            return new KubeConnectionException(settings.Name, ConnectionFailure.Tls, message, error)
            {
                Remedy = "Check that the server speaks TLS on this port, and that it accepts the client certificate if one is configured.",
            };
        }

        if (IsLostConnection(error) || error is InvalidDataException)
        {
            return new KubeConnectionException(
                settings.Name, ConnectionFailure.Interrupted, $"{request.Title}: the connection to {Server} was lost: {Innermost(error)}", error)
            {
                Remedy = request.Method == HttpMethod.Get
                    ? null
                    : "The server may or may not have carried the request out; read the object before trying again.",
            };
        }

        var remedy = proxy is not null ? ProxyRemedy
            : error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            ? "Check the host name in the kubeconfig's server field, and the name service."
            : FindSocketError(error) == SocketError.ConnectionRefused
                ? "Check that the API server runs there, and the port in the kubeconfig's server field."
                : "Check the network path, the proxy settings and the kubeconfig's server field.";
        var reason = $"{request.Title}: {Server} can't be reached: {Innermost(error)}";
        return new KubeConnectionException(settings.Name, ConnectionFailure.Unreachable, reason, error)
        {
            Remedy = remedy,
        };
    }

    public KubeConnectionException TimedOut(KubeRequest request, TimeSpan timeout, Exception? error) =>
        new(
            settings.Name,
            ConnectionFailure.TimedOut,
            $"{request.Title}: no complete answer from {Server} within {timeout.TotalSeconds:0.###} s",
            error)
        {
            Remedy = "Check the network path and the server's load, or allow more time.",
        };

    public KubeConnectionException NotSent(KubeRequest request, string why) =>
        new(settings.Name, ConnectionFailure.NotSent, $"{request.Title}: not sent, because {why}");

    public KubeConnectionException NotAnApiServer(KubeRequest request, MediaTypeHeaderValue? type, Exception? error) =>
        new(settings.Name, ConnectionFailure.Interrupted,
            $"{request.Title}: {Server} answered with something that is not a Kubernetes object ({type?.MediaType ?? "no content type"})", error)
        {
            Remedy = "Check that the kubeconfig's server field names an API server, not a web page or a login portal in front of it.",
        };

    /// <summary>A JSON answer in which something has another shape than Kubernetes gives it.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="fault">What it is, without a full stop: <c>metadata is 4 where a map belongs</c>.</param>
    public KubeConnectionException Malformed(KubeRequest request, string fault) =>
        new(settings.Name, ConnectionFailure.Malformed, $"{request.Title}: {Server} answered with something that is no Kubernetes object: {fault}")
        {
            Remedy = request.Method == HttpMethod.Get
                ? "Check what stands between here and the API server, and the server itself."
                : "The server may or may not have carried the request out; check it, and what stands between here and it.",
        };

    /// <summary>More was sent than is read.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="fault">Which limit was passed, in words that name its setting.</param>
    public KubeConnectionException TooLong(KubeRequest request, string fault) =>
        new(settings.Name, ConnectionFailure.TooLong, $"{request.Title}: {Server}: {fault}")
        {
            Remedy = "Check the server; if that much is meant, allow it with the named variable of the environment.",
        };

    /// <summary>What to do about an answer that sends the request elsewhere; it is not followed, for credentials would go along.</summary>
    public static string Redirected(Uri elsewhere) =>
        $"The server redirects to {(elsewhere.IsAbsoluteUri ? elsewhere.GetLeftPart(UriPartial.Path) : elsewhere.OriginalString)}, which is not followed. "
        + "Check that the kubeconfig's server field names an API server, not a login portal in front of it.";

    /// <summary>The server, and the proxy on the way to it, by scheme, host and port: never user information.</summary>
    private string Server => settings.Server.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.StrongPort, UriFormat.UriEscaped)
        + (proxy is null ? string.Empty : $" (through the proxy {ProxyAddress.Shown(proxy)})");

    private string ProxyRemedy => settings.Proxy is not null
        ? "Check proxy-url."
        : $"Check the environment's {EnvironmentProxies.VariableFor(settings.Server)}, or name {settings.Server.Host} in NO_PROXY.";

    /// <summary>The network broke while TLS was being agreed on: that says nothing of certificates.</summary>
    private static bool WasCutOff(Exception error) =>
        Find<AuthenticationException>(error) is null && Find<ServerCertificateException>(error) is null && FindSocketError(error) is { } code && IsReset(code);

    private static bool IsReset(SocketError code) =>
        code is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            or SocketError.NotConnected or SocketError.OperationAborted;

    private static SocketError? FindSocketError(Exception error) => Find<SocketException>(error)?.SocketErrorCode;

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error.Message.TrimEnd('.');
    }
}
