using KubeFed.Kubernetes.Client;

namespace KubeFed.Sandbox.Tests;

/// <summary>A sandbox and a client for each of its clusters.</summary>
public sealed class SandboxFixture : IAsyncDisposable
{
    private readonly KubeClientFactory _factory;

    public SandboxFixture(SandboxOptions? options = null)
    {
        Sandbox = Sandbox.Start(options ?? new SandboxOptions { Clusters = ["host"] });
        _factory = new KubeClientFactory([Sandbox.Transport]);
        Client = _factory.Create(Sandbox.Host.Settings);
    }

    public Sandbox Sandbox { get; }

    public SandboxCluster Cluster => Sandbox.Host;

    public IKubeClient Client { get; }

    public IKubeClient ClientWith(string token) =>
        _factory.Create(Cluster.Settings with { Credentials = new KubeFed.Kubernetes.Config.TokenCredentials(token) });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Sandbox.DisposeAsync();
    }
}
