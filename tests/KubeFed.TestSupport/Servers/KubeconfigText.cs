using System.Globalization;
using System.Text;

namespace KubeFed.TestSupport.Servers;

/// <summary>One kubeconfig for several clusters: a context, a cluster and a user per cluster; the first context is current.</summary>
public static class KubeconfigText
{
    public static string Of(IReadOnlyList<RealCluster> clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        var text = new StringBuilder();
        Line($"apiVersion: v1");
        Line($"kind: Config");
        Line($"current-context: {clusters[0].Name}");
        Line($"clusters:");
        foreach (var cluster in clusters)
        {
            Line($"- name: {cluster.Name}");
            Line($"  cluster:");
            Line($"    server: {cluster.Server.GetLeftPart(UriPartial.Authority)}");
            Line($"    certificate-authority-data: {Encoded(cluster.CertificateAuthority)}");
        }

        Line($"users:");
        foreach (var cluster in clusters)
        {
            Line($"- name: {cluster.Name}-admin");
            Line($"  user:");
            Line($"    client-certificate-data: {Encoded(cluster.Admin.Certificate)}");
            Line($"    client-key-data: {Encoded(cluster.Admin.Key)}");
        }

        Line($"contexts:");
        foreach (var cluster in clusters)
        {
            Line($"- name: {cluster.Name}");
            Line($"  context:");
            Line($"    cluster: {cluster.Name}");
            Line($"    user: {cluster.Name}-admin");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Encoded(string pem) => Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
}
