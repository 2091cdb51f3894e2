namespace KubeFed.TestSupport.Servers;

/// <summary>The command lines, for any Kubernetes from 1.20 on: a flag that came or went is used when <c>--help</c> knows it.</summary>
internal sealed class ServerFlags
{
    public const string ServiceNetwork = "10.96.0.0/24";

    // What gives an API server's objects their life; the others need nodes or a cloud.
    private const string Controllers =
        "namespace,serviceaccount,serviceaccount-token,root-ca-cert-publisher,garbagecollector,clusterrole-aggregation,deployment,replicaset,"
        + "replicationcontroller,statefulset,daemonset,job,cronjob,endpoint,endpointslice,endpointslicemirroring,resourcequota";

    private readonly string _etcdHelp;
    private readonly string _managerHelp;
    private readonly bool _hasControllerManager;

    private ServerFlags(string etcdHelp, string managerHelp, bool hasControllerManager)
    {
        _etcdHelp = etcdHelp;
        _managerHelp = managerHelp;
        _hasControllerManager = hasControllerManager;
    }

    public static async Task<ServerFlags> ReadAsync(ServerBinaries binaries, CancellationToken cancellationToken)
    {
        var etcd = ServerBinaries.ReadHelpAsync(binaries.Etcd, cancellationToken);
        var manager = binaries.ControllerManager is { } path ? ServerBinaries.ReadHelpAsync(path, cancellationToken) : Task.FromResult("");
        return new ServerFlags(await etcd.ConfigureAwait(false), await manager.ConfigureAwait(false), binaries.ControllerManager is not null);
    }

    public IEnumerable<string> Etcd(string dataDirectory, int clientPort, int peerPort)
    {
        var client = $"http://127.0.0.1:{clientPort}";
        var peer = $"http://127.0.0.1:{peerPort}";
        yield return "--name=etcd";
        yield return $"--data-dir={dataDirectory}";
        yield return $"--listen-client-urls={client}";
        yield return $"--advertise-client-urls={client}";
        yield return $"--listen-peer-urls={peer}";
        yield return $"--initial-advertise-peer-urls={peer}";
        yield return $"--initial-cluster=etcd={peer}";
        yield return "--log-level=warn";
        if (_etcdHelp.Contains("--logger", StringComparison.Ordinal))
        {
            // 3.4's default logger writes to the journal.
            yield return "--logger=zap";
        }

        if (_etcdHelp.Contains("--unsafe-no-fsync", StringComparison.Ordinal))
        {
            yield return "--unsafe-no-fsync";
        }
    }

    public IEnumerable<string> ApiServer(ControlPlaneFiles files, string name, int port, int etcdPort)
    {
        yield return $"--etcd-servers=http://127.0.0.1:{etcdPort}";
        yield return $"--etcd-prefix=/{name}";
        yield return "--bind-address=127.0.0.1";
        yield return "--advertise-address=127.0.0.1";
        yield return "--endpoint-reconciler-type=none";
        yield return $"--secure-port={port}";
        yield return $"--cert-dir={files.Directory}";
        yield return $"--tls-cert-file={files.ServerCertificate}";
        yield return $"--tls-private-key-file={files.ServerKey}";
        yield return $"--client-ca-file={files.CertificateAuthority}";
        yield return $"--service-account-key-file={files.SigningKey}";
        yield return $"--service-account-signing-key-file={files.SigningKey}";
        yield return "--service-account-issuer=https://kubernetes.default.svc";
        yield return "--api-audiences=https://kubernetes.default.svc";
        yield return "--authorization-mode=RBAC";
        yield return $"--service-cluster-ip-range={ServiceNetwork}";
        yield return "--allow-privileged=true";
        yield return "--profiling=false";
        if (!_hasControllerManager)
        {
            // Nobody makes the default service account, without which this plugin refuses every Pod.
            yield return "--disable-admission-plugins=ServiceAccount";
        }
    }

    public IEnumerable<string> ControllerManager(ControlPlaneFiles files)
    {
        yield return $"--kubeconfig={files.ManagerKubeconfig}";
        yield return "--leader-elect=false";
        yield return $"--controllers={Controllers}";
        yield return $"--service-account-private-key-file={files.SigningKey}";
        yield return $"--root-ca-file={files.CertificateAuthority}";
        yield return "--bind-address=127.0.0.1";
        yield return "--secure-port=0";
        yield return "--profiling=false";
        yield return "--kube-api-qps=100";
        yield return "--kube-api-burst=200";
        if (_managerHelp.Contains("--port int", StringComparison.Ordinal))
        {
            // The plain-text port, on by default until Kubernetes 1.24 removed it.
            yield return "--port=0";
        }
    }
}
