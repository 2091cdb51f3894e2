using System.Diagnostics;
using System.Globalization;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Host.SandboxServer;
using KubeFed.Host.Tests.Cli;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Tests.Manager;

/// <summary>The executable itself, over HTTPS, ended as Kubernetes ends a pod. C-3, P-105.</summary>
public sealed class ManagerSignalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-manager").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_it_with_0_and_the_lease_is_given_back(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");

        // Whatever a shell starts in the background ignores Ctrl+C, and hands that on.
        Assert.SkipWhen(signal == "INT" && IsInterruptIgnored(), "this process ignores SIGINT, and so do those it starts");
        await using var bench = await Bench.StartAsync();
        await using var listener = await SandboxListener.StartAsync(bench.Sandbox, 0, Token);
        var kubeConfig = Path.Combine(_folder, "listening");
        await ListenerKubeconfig.WriteAsync(kubeConfig, ListenerKubeconfig.Of(listener.Clusters), Token);
        string[] args = ["controller-manager", "--kubeconfig", kubeConfig, "--healthz-addr", "127.0.0.1:0", "--metrics-addr", ""];
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "kubefed"), args) { RedirectStandardError = true })!;
        try
        {
            var log = new List<string>();
            while (!log.Exists(line => line.Contains("promoted as leader: ", StringComparison.Ordinal)))
            {
                log.Add(await process.StandardError.ReadLineAsync(Token) ?? throw new InvalidOperationException(string.Join('\n', log)));
            }

            using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            var rest = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);

            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {rest}");
            Assert.Contains("The lease kubefed-controller-manager is given back.", rest, StringComparison.Ordinal);
            var lease = await bench.Host.GetAsync(KnownResources.Leases, new ObjectKey(KubeFedNames.DefaultSystemNamespace, LeaderElection.LockName), Token);
            Assert.Equal(string.Empty, lease.Spec!["holderIdentity"]!.GetValue<string>());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsInterruptIgnored() =>
        OperatingSystem.IsLinux()
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (ulong.Parse(ignored.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0;
}
