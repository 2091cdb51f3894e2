namespace KubeFed.Cluster.Tests.Flows;

/// <summary>The flows on clusters in memory.</summary>
public sealed class SandboxFederationTests : FederationFlows, IAsyncDisposable
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(new Sandbox.SandboxOptions { Clusters = ["host", "one", "two"] });

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    protected override Task<Fleet> StartAsync(string systemNamespace) =>
        Task.FromResult(new Fleet([.. _sandbox.Clusters.Select(cluster => cluster.Settings)], systemNamespace, [_sandbox.Transport]));
}
