using System.Globalization;
using System.Text;

namespace KubeFed.Host.SandboxServer;

/// <summary>The kubeconfig that leads to the clusters of a listener, as administrator; the file is its owner's alone.</summary>
internal static class ListenerKubeconfig
{
    /// <summary>A context, a cluster and a user per served cluster, all of the cluster's name; the host's context is current.</summary>
    public static string Of(IReadOnlyList<ServedCluster> clusters)
    {
        var text = new StringBuilder();
        Line($"apiVersion: v1");
        Line($"kind: Config");
        Line($"current-context: {clusters[0].Cluster.Name}");
        Line($"clusters:");
        foreach (var (cluster, server) in clusters)
        {
            Line($"- name: {cluster.Name}");
            Line($"  cluster:");
            Line($"    server: {server.GetLeftPart(UriPartial.Authority)}");
            Line($"    certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.CertificateAuthority))}");
        }

        Line($"contexts:");
        foreach (var (cluster, _) in clusters)
        {
            Line($"- name: {cluster.Name}");
            Line($"  context:");
            Line($"    cluster: {cluster.Name}");
            Line($"    user: {cluster.Name}");
        }

        Line($"users:");
        foreach (var (cluster, _) in clusters)
        {
            Line($"- name: {cluster.Name}");
            Line($"  user:");
            Line($"    token: {cluster.AdminToken}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <exception cref="IOException">The file exists, or can't be written.</exception>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        }
    }
}
