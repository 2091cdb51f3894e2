using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Engine.Clusters;

/// <summary>Turns a KubeFedCluster and its token into connection settings.</summary>
/// <remarks>E-150 to E-154.</remarks>
internal static class MemberSettings
{
    public static ConnectionSettings From(MemberCluster cluster, string token) => new()
    {
        Name = cluster.Name,
        Server = ApiEndpoint.TryParse(cluster.ApiEndpoint, out var server, out var error)
            ? server
            : throw Invalid(cluster, "ClusterEndpointInvalid", "spec.apiEndpoint", cluster.ApiEndpoint, error),
        CertificateAuthority = cluster.CaBundle is null || cluster.CaBundle.Contains("-----BEGIN", StringComparison.Ordinal)
            ? cluster.CaBundle
            : throw Invalid(cluster, "ClusterCaInvalid", "spec.caBundle", "...", "it is not base64 of PEM certificates"),
        TlsChecksDisabled = cluster.TlsChecksDisabled,
        TlsServerName = cluster.Source.Annotation(KubeFedNames.TlsServerNameAnnotation),
        Proxy = Proxy(cluster),
        Credentials = new TokenCredentials(token),
    };

    public static FederationException Invalid(MemberCluster cluster, string id, string field, string value, string why) => new(
        id,
        FederationProblem.NotReady,
        $"Cluster \"{cluster.Name}\" cannot be connected to: {field} is \"{value}\": {why}.")
    {
        Remedy = $"Correct {field} of KubeFedCluster {cluster.Name}, or run Join-KubeFedCluster {cluster.Name} again to write it anew.",
        Target = cluster.Name,
    };

    private static Uri? Proxy(MemberCluster cluster)
    {
        if (string.IsNullOrEmpty(cluster.ProxyUrl))
        {
            return null;
        }

        return Uri.TryCreate(cluster.ProxyUrl, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw Invalid(cluster, "ClusterProxyInvalid", "spec.proxyURL", cluster.ProxyUrl, "a proxy URL's scheme must be http, https or socks5");
    }
}
