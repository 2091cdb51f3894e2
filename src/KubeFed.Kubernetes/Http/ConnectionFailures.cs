using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;

namespace KubeFed.Kubernetes.Http;

/// <summary>Turns what the network stack throws into an error that says what is wrong and what to do.</summary>
internal static class ConnectionFailures
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

    public static KubeConnectionException Describe(ConnectionSettings settings, KubeRequest request, Exception error)
    {
        var server = Address(settings);
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
                settings.Name, ConnectionFailure.Unreachable, $"{request.Title}: the proxy gives no way to {server}: {Innermost(error)}", error)
            {
                Remedy = "Check proxy-url, or the proxy variables of the environment.",
            };
        }

        if ((error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } && !WasCutOff(error)) || Find<AuthenticationException>(error) is not null)
        {
            var message = $"{request.Title}: no TLS session with {server}: {Innermost(error)}";
            return new KubeConnectionException(settings.Name, ConnectionFailure.Tls, message, error)
            {
                Remedy = "Check that the server speaks TLS on this port, and that it accepts the client certificate if one is configured.",
            };
        }

        if (IsLostConnection(error))
        {
            return new KubeConnectionException(
                settings.Name, ConnectionFailure.Interrupted, $"{request.Title}: the connection to {server} was lost: {Innermost(error)}", error)
            {
                Remedy = request.Method == HttpMethod.Get
                    ? null
                    : "The server may or may not have carried the request out; read the object before trying again.",
            };
        }

        var remedy = error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            ? "Check the host name in the kubeconfig's server field, and the name service."
            : FindSocketError(error) == SocketError.ConnectionRefused
                ? "Check that the API server runs there, and the port in the kubeconfig's server field."
                : "Check the network path, the proxy settings and the kubeconfig's server field.";
        var reason = $"{request.Title}: {server} can't be reached: {Innermost(error)}";
        return new KubeConnectionException(settings.Name, ConnectionFailure.Unreachable, reason, error)
        {
            Remedy = remedy,
        };
    }

    public static KubeConnectionException TimedOut(ConnectionSettings settings, KubeRequest request, TimeSpan timeout, Exception? error) =>
        new(
            settings.Name,
            ConnectionFailure.TimedOut,
            $"{request.Title}: no complete answer from {Address(settings)} within {timeout.TotalSeconds:0.###} s",
            error)
        {
            Remedy = "Check the network path and the server's load, or allow more time.",
        };

    public static KubeConnectionException NotSent(ConnectionSettings settings, KubeRequest request, string why) =>
        new(settings.Name, ConnectionFailure.NotSent, $"{request.Title}: not sent, because {why}");

    public static KubeConnectionException NotAnApiServer(ConnectionSettings settings, KubeRequest request, MediaTypeHeaderValue? type, Exception? error) =>
        new(settings.Name, ConnectionFailure.Interrupted,
            $"{request.Title}: {Address(settings)} answered with something that is not a Kubernetes object ({type?.MediaType ?? "no content type"})", error)
        {
            Remedy = "Check that the kubeconfig's server field names an API server, not a web page or a login portal in front of it.",
        };

    /// <summary>Scheme, host and port, never user information.</summary>
    public static string Address(ConnectionSettings settings) =>
        settings.Server.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.StrongPort, UriFormat.UriEscaped);

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
