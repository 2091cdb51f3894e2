using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Http;

/// <summary>
/// The proxy that the environment prescribes for a server, as it does for kubectl: HTTPS_PROXY for https, HTTP_PROXY for http (the names in lower case count
/// where those in upper case are not set), NO_PROXY for exceptions, and none for this machine itself. ALL_PROXY plays no part.
/// </summary>
/// <param name="environment">Reads a variable.</param>
/// <remarks>Go's http.ProxyFromEnvironment and golang.org/x/net/http/httpproxy, which client-go uses where a kubeconfig has no proxy-url.</remarks>
internal sealed class EnvironmentProxies(Func<string, string?> environment)
{
    private static readonly string[] Schemes = ["http", "https", "socks5", "socks5h"];

    /// <summary>Null when the server is to be spoken to directly.</summary>
    /// <exception cref="KubeConfigException">The variable that applies holds no proxy that can be used; names it, never its password.</exception>
    public Uri? For(Uri server)
    {
        var name = VariableFor(server);
        if (Value(name) is not { } text || new ProxyExceptions(Value("NO_PROXY") ?? string.Empty).Contain(server))
        {
            return null;
        }

        if (name == "HTTP_PROXY" && environment("REQUEST_METHOD") is { Length: > 0 })
        {
            throw new KubeConfigException("HTTP_PROXY is not used where REQUEST_METHOD is set: in a CGI program, whoever makes the request may have set it.")
            {
                Remedy = "Set proxy-url in the kubeconfig, or unset one of the two.",
            };
        }

        return Read(text) ?? throw new KubeConfigException($"The environment's {name} is not the address of a proxy that can be used.")
        {
            Remedy = $"Write it as http://host:port, https://host:port or socks5://host:port, or name {server.Host} in NO_PROXY.",
        };
    }

    /// <summary>The variable that names the proxy for a server.</summary>
    public static string VariableFor(Uri server) => server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";

    private string? Value(string name) => environment(name) is { Length: > 0 } upper ? upper
        : environment(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower
        : null;

    /// <summary>An address without a scheme is that of an HTTP proxy.</summary>
    private static Uri? Read(string text)
    {
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(whole, UriKind.Absolute, out var proxy) && Schemes.Contains(proxy.Scheme, StringComparer.Ordinal) && proxy.Host.Length > 0
            ? proxy
            : null;
    }
}
