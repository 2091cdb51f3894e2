using System.Diagnostics;
using Xunit;

namespace KubeFed.TestSupport.Servers;

/// <summary>
/// kubectl and helm as <c>tests/servers/install-kubectl.sh</c> puts them into its cache, or as the directory has them that <c>KUBEFED_KUBECTL_ASSETS</c> names.
/// Neither reads the user's settings, and kubectl has no cluster unless it is given a kubeconfig.
/// </summary>
public sealed class Kubectl
{
    /// <summary>What the script installs, and what the tests' tables come from.</summary>
    public const string Version = "v1.35.2";

    private const string CacheName = "kubefed-test-kubectl";

    private readonly string _directory;

    private Kubectl(string directory)
    {
        _directory = directory;
    }

    /// <summary>helm's executable.</summary>
    public string Helm => Path.Combine(_directory, "helm");

    /// <summary>Skips the running test where there is none, or fails it where <c>KUBEFED_REQUIRE_KUBECTL=1</c> says that there must be one.</summary>
    public static async Task<Kubectl> RequireAsync()
    {
        var places = Environment.GetEnvironmentVariable("KUBEFED_KUBECTL_ASSETS") is { Length: > 0 } named ? [named] : Cached().ToList();
        if (places.Find(place => File.Exists(Path.Combine(place, "kubectl"))) is { } found)
        {
            var kubectl = new Kubectl(Path.GetFullPath(found));
            var (_, output, _) = await kubectl.RunAsync(["version", "--client"]).ConfigureAwait(false);
            Assert.Contains($"Client Version: {Version}", output, StringComparison.Ordinal);
            return kubectl;
        }

        var reason = $"There is no kubectl in {string.Join(" or ", places)}. Run tests/servers/install-kubectl.sh, or set KUBEFED_KUBECTL_ASSETS.";
        Assert.False(Environment.GetEnvironmentVariable("KUBEFED_REQUIRE_KUBECTL") == "1", $"{reason} (KUBEFED_REQUIRE_KUBECTL=1 forbids skipping)");
        Assert.Skip(reason);
        throw new InvalidOperationException(reason);
    }

    /// <summary>Runs kubectl to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(IEnumerable<string> arguments, string? kubeconfig = null)
    {
        var start = new ProcessStartInfo(Path.Combine(_directory, "kubectl"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig ?? "/dev/null";
        start.Environment["HOME"] = Path.GetTempPath();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).ConfigureAwait(false);
        return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    // The same places, in the same order, as tests/servers/install-kubectl.sh.
    private static IEnumerable<string> Cached()
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathRooted(cache))
        {
            roots.Add(Path.Combine(cache, CacheName));
        }
        else if (Environment.GetEnvironmentVariable("HOME") is { } home && Path.IsPathRooted(home))
        {
            roots.Add(Path.Combine(home, ".cache", CacheName));
        }

        roots.Add(Path.Combine("/var/tmp", $"{CacheName}-{Posix.EffectiveUserId}"));
        return roots.Where(Directory.Exists).SelectMany(root => Directory.GetDirectories(root).Where(place => !Path.GetFileName(place).StartsWith('.')));
    }
}
