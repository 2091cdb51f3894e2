using System.CommandLine;
using KubeFed.Host.Cli;
using KubeFed.Sandbox;

namespace KubeFed.Host.SandboxServer;

/// <summary><c>kubefed sandbox --listen</c>: clusters in memory, served on loopback to kubectl and anything else, until Ctrl+C or SIGTERM.</summary>
internal static class SandboxCommand
{
    private const int MostMembers = 100;

    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("sandbox", "Serve Kubernetes clusters from memory: a host and members for kubectl, kubefed and others to work on.");
        var listen = new Option<bool>("--listen") { Description = "Serve them over HTTPS on 127.0.0.1, a port for each cluster, until Ctrl+C." };
        var members = new Option<int>("--member") { Description = "How many member clusters there are besides the host.", DefaultValueFactory = _ => 3 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "The file to write the contexts to; it must not exist, and is removed at the end. A new file for temporary ones when not given." };
        var version = new Option<string>("--kubernetes-version") { Description = "The version of Kubernetes the clusters behave like, such as v1.20.2.", DefaultValueFactory = _ => "v1.31.0" };
        var portBase = new Option<int>("--port-base") { Description = "The host's port; the members have those that follow. 0 takes free ones.", DefaultValueFactory = _ => 0 };
        foreach (var option in new Option[] { listen, members, kubeconfig, version, portBase })
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, () =>
        {
            if (!result.GetValue(listen))
            {
                throw new UsageException("A sandbox that does not listen can be reached by nobody; add --listen.");
            }

            var request = new SandboxServing(
                result.GetValue(members), result.GetValue(kubeconfig), result.GetValue(version) ?? string.Empty, result.GetValue(portBase));
            return ServeAsync(environment, request, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> ServeAsync(HostEnvironment environment, SandboxServing request, CancellationToken cancellationToken)
    {
        var sandbox = Start(environment, request);
        await using var sandboxEnd = sandbox.ConfigureAwait(false);
        var listener = await SandboxListener.StartAsync(sandbox, request.PortBase, cancellationToken).ConfigureAwait(false);
        await using var listenerEnd = listener.ConfigureAwait(false);
        var path = Path.GetFullPath(request.Kubeconfig ?? Path.Combine(Path.GetTempPath(), $"kubefed-sandbox-{Environment.ProcessId}.kubeconfig"));
        await WriteAsync(path, listener, cancellationToken).ConfigureAwait(false);
        try
        {
            await TellAsync(environment, listener, path).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // How this command always ends.
        }
        finally
        {
            File.Delete(path);
        }

        await environment.Error.WriteLineAsync($"Stopped; {path} is removed.").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static Sandbox.Sandbox Start(HostEnvironment environment, SandboxServing request)
    {
        if (request.Members is < 0 or > MostMembers)
        {
            throw new UsageException($"--member is {request.Members}; give a number from 0 to {MostMembers}.");
        }

        if (request.PortBase is < 0 || request.PortBase + request.Members > 65_535)
        {
            throw new UsageException($"--port-base is {request.PortBase}, which leaves no room for {request.Members + 1} ports below 65536; give a lower one.");
        }

        try
        {
            return Sandbox.Sandbox.Start(new SandboxOptions
            {
                Clusters = ["host", .. Enumerable.Range(1, request.Members).Select(number => $"cluster{number}")],
                Version = request.Version,
                TimeProvider = environment.Time,
            });
        }
        catch (ArgumentException bad)
        {
            throw new UsageException($"--kubernetes-version: {bad.Message}");
        }
    }

    private static async Task WriteAsync(string path, SandboxListener listener, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            throw new IOException($"--kubeconfig: '{path}' exists, and a sandbox would remove it at its end; name a file that does not exist.");
        }

        await ListenerKubeconfig.WriteAsync(path, ListenerKubeconfig.Of(listener.Clusters), cancellationToken).ConfigureAwait(false);
    }

    private static async Task TellAsync(HostEnvironment environment, SandboxListener listener, string path)
    {
        foreach (var (cluster, server) in listener.Clusters)
        {
            await environment.Out.WriteLineAsync($"context {cluster.Name}: {server.GetLeftPart(UriPartial.Authority)} ({cluster.Version})").ConfigureAwait(false);
        }

        await environment.Out.WriteLineAsync($"kubeconfig: {path}").ConfigureAwait(false);
        await environment.Out.WriteLineAsync($"try: kubectl --kubeconfig {path} --context {listener.Clusters[0].Cluster.Name} get namespaces").ConfigureAwait(false);
        await environment.Out.WriteLineAsync("Ctrl+C ends the clusters and removes the kubeconfig.").ConfigureAwait(false);
        await environment.Out.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>What is to be served, as the command line says.</summary>
    private sealed record SandboxServing(int Members, string? Kubeconfig, string Version, int PortBase);
}
