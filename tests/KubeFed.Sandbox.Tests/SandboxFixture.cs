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

    /// <summary>The API without the client, as administrator.</summary>
    public HttpClient Http()
    {
        var http = new HttpClient(Sandbox.Transport.TryCreateHandler(Cluster.ServerUri)!) { BaseAddress = Cluster.ServerUri };
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", Cluster.AdminToken);
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Sandbox.DisposeAsync();
    }
}
