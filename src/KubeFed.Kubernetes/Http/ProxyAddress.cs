using System.Net;

namespace KubeFed.Kubernetes.Http;

/// <summary>A proxy's URL, whose user information becomes credentials and is kept out of everything printed.</summary>
internal static class ProxyAddress
{
    /// <summary>For the framework's handler, which leaves names to a SOCKS proxy and so knows no <c>socks5h</c>.</summary>
    public static WebProxy ToWebProxy(Uri proxy) => new(new UriBuilder(WithoutUser(proxy)) { Scheme = proxy.Scheme == "socks5h" ? "socks5" : proxy.Scheme }.Uri)
    {
        Credentials = Credential(proxy),
    };

    /// <summary>As errors call it: scheme, host and port.</summary>
    public static string Shown(Uri proxy) => proxy.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.StrongPort, UriFormat.UriEscaped);

    public static NetworkCredential? Credential(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0)
        {
            return null;
        }

        var parts = proxy.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty);
    }

    public static Uri WithoutUser(Uri proxy) => new UriBuilder(proxy) { UserName = string.Empty, Password = string.Empty }.Uri;
}
