using System.Net;

namespace KubeFed.Kubernetes.Http;

/// <summary>A proxy's URL, whose user information becomes credentials and is kept out of everything printed.</summary>
internal static class ProxyAddress
{
    public static WebProxy ToWebProxy(Uri proxy) => new(WithoutUser(proxy)) { Credentials = Credential(proxy) };

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
