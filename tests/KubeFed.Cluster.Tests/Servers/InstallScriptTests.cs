using System.Diagnostics;

namespace KubeFed.Cluster.Tests.Servers;

/// <summary>What <c>tests/servers/install.sh</c> says when there is nothing to build or nothing to build with.</summary>
public sealed class InstallScriptTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("kubefed-install-");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task Assets_that_are_named_are_used_and_printed_last()
    {
        var assets = Executables("assets", "etcd", "kube-apiserver");

        var run = await RunAsync(("KUBEBUILDER_ASSETS", assets), ("HOME", _scratch.FullName));

        Assert.Equal((0, assets + "\n"), (run.ExitCode, run.Output));
    }

    [Fact(Timeout = 60_000)]
    public async Task Assets_without_servers_are_an_error_that_names_them()
    {
        var assets = Executables("assets", "etcd");

        var run = await RunAsync(("KUBEBUILDER_ASSETS", assets), ("HOME", _scratch.FullName));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains($"KUBEBUILDER_ASSETS is '{assets}', which lacks an executable etcd or kube-apiserver", run.Errors, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("HOME", ".cache/kubefed-test-servers/v1.20.2")]
    [InlineData("XDG_CACHE_HOME", "kubefed-test-servers/v1.20.2")]
    public async Task A_complete_cache_is_used_without_any_tool(string variable, string place)
    {
        var cache = Executables(place, "etcd", "kube-apiserver", "kube-controller-manager");

        var run = await RunAsync((variable, _scratch.FullName), ("PATH", "/nowhere"));

        Assert.Equal((0, cache + "\n", ""), (run.ExitCode, run.Output, run.Errors));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_system_that_is_not_Debian_is_told_to_name_its_own_servers()
    {
        // The few commands that every system has, and no apt-get.
        var tools = Path.Combine(_scratch.FullName, "tools");
        Directory.CreateDirectory(tools);
        foreach (var tool in (string[])["mkdir", "uname"])
        {
            File.CreateSymbolicLink(Path.Combine(tools, tool), File.Exists($"/usr/bin/{tool}") ? $"/usr/bin/{tool}" : $"/bin/{tool}");
        }

        var run = await RunAsync(("XDG_CACHE_HOME", _scratch.FullName), ("PATH", tools));

        // A machine whose fallback cache is filled answers with that one, rightly.
        if (run.ExitCode == 0)
        {
            Assert.Skip($"the fallback cache {run.Output.Trim()} is in use on this machine");
        }

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("this system is not Debian", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver", run.Errors, StringComparison.Ordinal);
    }

    private string Executables(string place, params string[] names)
    {
        var directory = _scratch.CreateSubdirectory(place).FullName;
        foreach (var name in names)
        {
            var file = Path.Combine(directory, name);
            File.WriteAllText(file, "");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        return directory;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params (string Name, string Value)[] environment)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the servers run on Linux and macOS, and so does the script");
        }

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "KubeFed.PowerShell.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the repository's root.");
        }

        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(root.FullName, "tests", "servers", "install.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
