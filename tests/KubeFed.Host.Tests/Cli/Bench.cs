using KubeFed.Engine;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Client;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxClusters = KubeFed.Sandbox.Sandbox;

namespace KubeFed.Host.Tests.Cli;

/// <summary>A sandbox with a control plane on its host, a kubeconfig for it, and the executable pointed at both.</summary>
public sealed class Bench : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-host-tests").FullName;

    private Bench(SandboxClusters sandbox)
    {
        Sandbox = sandbox;
        Host = new KubeClientFactory([sandbox.Transport]).Create(sandbox.Host.Settings);
    }

    public SandboxClusters Sandbox { get; }

    /// <summary>The administrator's client for the host.</summary>
    public IKubeClient Host { get; }

    public string KubeConfig => Path.Combine(_folder, "kubeconfig");

    public static async Task<Bench> StartAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var bench = new Bench(SandboxClusters.Start());
        await bench.Sandbox.WriteKubeconfigAsync(bench.KubeConfig, token);
        using var federation = new Federation(new FederationOptions
        {
            Host = bench.Host,
            HostName = bench.Sandbox.Host.Name,
            Clients = new KubeClientFactory([bench.Sandbox.Transport]),
            Loggers = NullLoggerFactory.Instance,
        });
        await federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, token);
        return bench;
    }

    internal Task<KubefedRun> RunAsync(params string[] args) => KubefedRun.With([Sandbox.Transport], string.Empty, [.. args, "--kubeconfig", KubeConfig]);

    /// <summary>As <see cref="RunAsync"/>; fails the test when the command fails.</summary>
    internal async Task<KubefedRun> OkAsync(params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.ExitCode == 0, $"kubefed {string.Join(' ', args)} exited with {run.ExitCode}: {run.Error}{run.Out}");
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        Host.Dispose();
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
