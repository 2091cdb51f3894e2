using System.Diagnostics;

namespace KubeFed.TestSupport.Servers;

/// <summary>Where real Kubernetes servers are on this machine, and which flags these understand.</summary>
public sealed record ServerBinaries
{
    private const string CacheName = "kubefed-test-servers";

    private ServerBinaries(string directory)
    {
        Directory = directory;
    }

    /// <summary>Absolute; holds <c>etcd</c> and <c>kube-apiserver</c>.</summary>
    public string Directory { get; }

    public string Etcd => Path.Combine(Directory, "etcd");

    public string ApiServer => Path.Combine(Directory, "kube-apiserver");

    /// <summary>Null where the directory has none, as the ecosystem's usual bundles do.</summary>
    public string? ControllerManager => IsExecutable(Path.Combine(Directory, "kube-controller-manager"));

    /// <summary>Null where neither the directory nor PATH has one.</summary>
    public string? Kubectl =>
        IsExecutable(Path.Combine(Directory, "kubectl"))
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(place => IsExecutable(Path.Combine(place, "kubectl")))
            .FirstOrDefault(found => found is not null);

    /// <summary>
    /// The directory named by <c>KUBEBUILDER_ASSETS</c>, else the newest version that <c>tests/servers/install.sh</c> put in its cache; null when
    /// neither has an executable etcd and kube-apiserver.
    /// </summary>
    public static ServerBinaries? Find()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var candidates = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } assets ? [Path.GetFullPath(assets)] : Cached();
        return candidates
            .Where(place => IsExecutable(Path.Combine(place, "etcd")) is not null && IsExecutable(Path.Combine(place, "kube-apiserver")) is not null)
            .Select(place => new ServerBinaries(place))
            .FirstOrDefault();
    }

    /// <summary>The answer of <c>kube-apiserver --version</c>, such as 1.20.2.</summary>
    public async Task<Version> ReadVersionAsync(CancellationToken cancellationToken)
    {
        var text = await OutputOfAsync(ApiServer, "--version", cancellationToken).ConfigureAwait(false);
        var number = text.Trim().Split(' ')[^1].TrimStart('v').Split('-', '+')[0];
        return Version.TryParse(number, out var version)
            ? version
            : throw new InvalidOperationException($"{ApiServer} --version says '{text.Trim()}', which names no version. Check KUBEBUILDER_ASSETS.");
    }

    /// <summary>The text of <c>--help</c>: flags come and go between Kubernetes versions, and this alone says which are there.</summary>
    internal static Task<string> ReadHelpAsync(string executable, CancellationToken cancellationToken) => OutputOfAsync(executable, "--help", cancellationToken);

    // The same places, in the same order, as tests/servers/install.sh.
    private static IEnumerable<string> Cached()
    {
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
        return roots
            .Where(System.IO.Directory.Exists)
            .SelectMany(root => System.IO.Directory.GetDirectories(root, "v*").OrderByDescending(VersionOf));
    }

    private static Version VersionOf(string directory) =>
        Version.TryParse(Path.GetFileName(directory).TrimStart('v'), out var version) ? version : new Version(0, 0);

    private static string? IsExecutable(string path) =>
        File.Exists(path) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode)0b001_001_001) != 0 ? path : null;

    private static async Task<string> OutputOfAsync(string executable, string argument, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(executable, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{executable} did not start.");
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return output + await errors.ConfigureAwait(false);
    }
}
