using System.Net;

namespace KubeFed.TestSupport.Servers;

/// <summary>The keys and certificates of one cluster on disk, in the run's private directory.</summary>
internal sealed record ControlPlaneFiles(string Directory)
{
    public string CertificateAuthority => Path.Combine(Directory, "ca.crt");

    public string ServerCertificate => Path.Combine(Directory, "server.crt");

    public string ServerKey => Path.Combine(Directory, "server.key");

    public string SigningKey => Path.Combine(Directory, "service-accounts.key");

    public string ManagerKubeconfig => Path.Combine(Directory, "controller-manager.kubeconfig");

    public static ControlPlaneFiles Write(string directory, RealCluster cluster, ClusterAuthority authority)
    {
        System.IO.Directory.CreateDirectory(directory);
        var files = new ControlPlaneFiles(directory);
        var server = authority.IssueServer(IPAddress.Parse("10.96.0.1"));

        // It acts in its own name, not in one name per controller, so that name must be allowed everything.
        var manager = authority.IssueClient("system:kube-controller-manager", ["system:masters"]);
        File.WriteAllText(files.CertificateAuthority, authority.CertificatePem);
        File.WriteAllText(files.ServerCertificate, server.Certificate);
        File.WriteAllText(files.ServerKey, server.Key);
        File.WriteAllText(files.SigningKey, ClusterAuthority.NewSigningKeyPem());
        File.WriteAllText(files.ManagerKubeconfig, (cluster with { Admin = manager }).ToKubeconfigYaml());
        return files;
    }
}
