using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Servers;

/// <summary>The executable with a kubeconfig whose user is an exec plugin, against a real API server.</summary>
[Collection(nameof(RealServers))]
public sealed class ExecPluginTests(TwoClusters servers) : IDisposable
{
    private const string Plugin = "kubefed-test-plugin";

    private readonly string _folder = Directory.CreateTempSubdirectory("kubefed-exec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_plugin_is_run_from_PATH_and_never_from_the_current_folder()
    {
        var cluster = (await servers.GetAsync(TestContext.Current.CancellationToken))[0];
        var (here, bin) = (Path.Combine(_folder, "here"), Path.Combine(_folder, "bin"));
        var marker = Path.Combine(_folder, "marker");
        Script(Path.Combine(here, Plugin), $"echo run > '{marker}'; exit 1");
        var answer = new JsonObject
        {
            ["kind"] = "ExecCredential",
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["status"] = new JsonObject { ["clientCertificateData"] = cluster.Admin.Certificate, ["clientKeyData"] = cluster.Admin.Key },
        };
        File.WriteAllText(Path.Combine(_folder, "answer"), answer.ToJsonString());
        Script(Path.Combine(bin, Plugin), $"cat '{Path.Combine(_folder, "answer")}'");
        Script(Path.Combine(_folder, "config", "sub", Plugin), $"cat '{Path.Combine(_folder, "answer")}'");

        foreach (var (command, path, expected) in new[]
        {
            (Plugin, "/usr/bin:/bin", "it is in no folder of PATH"),
            (Plugin, ".:/usr/bin:/bin", "PATH's entry '.'"),
            (Plugin, ":/usr/bin:/bin", "PATH's entry ''"),
            (Plugin, $"{bin}:.:/usr/bin:/bin", "KubeFedConfig"),
            ($"sub/{Plugin}", "/usr/bin:/bin", "KubeFedConfig"),
            ($"./{Plugin}", "/usr/bin:/bin", "can't be started"),
        })
        {
            var said = await SyncAsync(cluster, command, here, path);

            Assert.Contains(expected, said, StringComparison.Ordinal);
            Assert.False(File.Exists(marker), $"{command} with PATH={path} ran the file of the current folder");
        }
    }

    private static void Script(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What a sync says on a host that is not one: it had to be asked for that, with a credential that it accepts.</summary>
    private async Task<string> SyncAsync(RealCluster cluster, string command, string folder, string path)
    {
        var config = Path.Combine(_folder, "config", "kubeconfig");
        File.WriteAllText(config, $"""
            apiVersion: v1
            kind: Config
            current-context: a
            clusters:
            - name: c
              cluster:
                server: {cluster.Server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(cluster.CertificateAuthority))}
            contexts:
            - name: a
              context:
                cluster: c
                user: u
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: {command}
                  interactiveMode: Never
            """);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "kubefed"), ["sync", "--kubeconfig", config])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return string.Concat(texts);
    }
}
