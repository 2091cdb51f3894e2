using KubeFed.Host.Manager;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Tests.Manager;

/// <summary>controllers.md section 1: which host, and which namespace.</summary>
public sealed class ManagerConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-manager-pod").FullName;
    private readonly Dictionary<string, string> _variables = [];

    [Fact]
    public void In_a_pod_its_service_account_connects_and_its_namespace_is_the_control_planes()
    {
        BePod();

        var connection = Choose();

        Assert.Equal(("https://10.0.0.1/", "federation"), (connection.Settings.Server.ToString(), connection.SystemNamespace));
    }

    [Fact]
    public void A_namespace_that_is_given_wins_over_the_pods()
    {
        BePod();

        Assert.Equal("other", Choose(systemNamespace: "other").SystemNamespace);
    }

    [Fact]
    public void A_kubeconfig_that_is_given_wins_over_the_pod_and_its_contexts_namespace_means_nothing()
    {
        BePod();

        var connection = Choose(kubeConfig: WriteKubeConfig());

        Assert.Equal(("https://hub.example:6443/", "kube-federation-system"), (connection.Settings.Server.ToString(), connection.SystemNamespace));
    }

    [Fact]
    public void Outside_of_a_pod_the_usual_kubeconfig_is_taken()
    {
        _variables["KUBECONFIG"] = WriteKubeConfig();

        Assert.Equal("hub", Choose().Settings.Name);
    }

    [Fact]
    public void Master_replaces_the_address_alone()
    {
        var connection = Choose(kubeConfig: WriteKubeConfig(), master: "https://127.0.0.1:7443");

        Assert.Equal(("hub", "https://127.0.0.1:7443/"), (connection.Settings.Name, connection.Settings.Server.ToString()));
    }

    [Fact]
    public void Without_anything_to_connect_with_it_says_what_to_do() =>
        Assert.Equal("Set KUBECONFIG, put a kubeconfig at ~/.kube/config, or name one.", Assert.Throws<KubeConfigException>(() => Choose()).Remedy);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ManagerConnection Choose(string kubeConfig = "", string master = "", string systemNamespace = "") =>
        ManagerConnection.Choose(_variables.GetValueOrDefault, new ManagerConnection.Given(kubeConfig, string.Empty, master, systemNamespace), _folder);

    private void BePod()
    {
        (_variables["KUBERNETES_SERVICE_HOST"], _variables["KUBERNETES_SERVICE_PORT"]) = ("10.0.0.1", "443");
        File.WriteAllText(Path.Combine(_folder, "token"), "secret");
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), "-----BEGIN CERTIFICATE-----");
        File.WriteAllText(Path.Combine(_folder, "namespace"), "federation");
    }

    private string WriteKubeConfig()
    {
        var path = Path.Combine(_folder, "config");
        File.WriteAllText(path, """
            apiVersion: v1
            kind: Config
            current-context: hub
            clusters:
            - { name: a, cluster: { server: "https://hub.example:6443" } }
            users:
            - { name: u, user: { token: secret } }
            contexts:
            - { name: hub, context: { cluster: a, user: u, namespace: apps } }
            """);
        return path;
    }
}
