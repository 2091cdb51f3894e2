using System.Diagnostics;

namespace KubeFed.TestSupport.Servers;

/// <summary>
/// One run's files and the promise that nothing outlives it. Servers write their process id here before they become the server; a watchdog waits
/// for the end of a pipe that only this process holds, so it acts however this process ends, and kills what is still listed. Should the watchdog be
/// killed as well, the next run sweeps the directory, whose name says whose it was.
/// </summary>
internal sealed class RunDirectory : IAsyncDisposable
{
    private const string Prefix = "kubefed-servers";

    // A process is its id and its start time: ids are used again. Without /proc the start time is empty on both sides.
    private const string Reaping = """
        started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
        reap() {
          [ -d "$1" ] || return 0
          for try in 1 2 3 4 5 6 7 8 9 10; do
            left=0
            if [ -f "$1/processes" ]; then
              while read -r pid began; do
                if kill -0 "$pid" 2>/dev/null && [ "$(started "$pid")" = "$began" ]; then left=1; kill -KILL "$pid" 2>/dev/null; fi
              done <"$1/processes"
            fi
            [ "$left" = 0 ] && break
            sleep 0.1
          done
          rm -rf -- "$1"
        }
        """;

    private const string Watchdog = Reaping + """

        trap '' HUP INT TERM
        cat >/dev/null
        reap "$1"
        """;

    private const string Sweep = Reaping + """

        for run in "$1"/kubefed-servers-*-*-*; do
          [ -d "$run" ] && [ -O "$run" ] || continue
          name=${run##*/kubefed-servers-}
          began=${name#*-}
          [ "$(started "${name%%-*}")" = "${began%%-*}" ] || reap "$run"
        done
        """;

    private readonly Process _watchdog;

    private RunDirectory(string path, Process watchdog)
    {
        Path = path;
        _watchdog = watchdog;
    }

    public string Path { get; }

    /// <summary>Where a server's shell writes "id start-time" before it executes the server.</summary>
    public string Processes => System.IO.Path.Combine(Path, "processes");

    public static async Task<RunDirectory> CreateAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Real API servers run on Linux and macOS; on Windows run the tests in WSL.");
        }

        var place = FastestPlace();
        if (OperatingSystem.IsLinux())
        {
            using var sweep = StartShell(Sweep, place);
            sweep.StandardInput.Close();
            await sweep.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }

        var path = System.IO.Path.Combine(place, $"{Prefix}-{Environment.ProcessId}-{StartTime()}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new RunDirectory(path, StartShell(Watchdog, path));
    }

    /// <summary>Removes the files and waits for the watchdog, which then has nothing to do. Every server must have been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        _watchdog.StandardInput.Close();
        await _watchdog.WaitForExitAsync().ConfigureAwait(false);
        _watchdog.Dispose();
    }

    // etcd syncs its log to disk on every write, which memory makes free; it needs room for 64 MB segments, and a container's /dev/shm may have no more.
    private static string FastestPlace()
    {
        const string memory = "/dev/shm";
        const long enough = 2L << 30;
        return Directory.Exists(memory) && new DriveInfo(memory).AvailableFreeSpace > enough && IsWritable(memory) ? memory : System.IO.Path.GetTempPath();
    }

    private static bool IsWritable(string directory)
    {
        var probe = System.IO.Path.Combine(directory, $"{Prefix}.{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    private static string StartTime() =>
        OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/stat").Split(')')[^1].Trim().Split(' ')[19] : "0";

    private static Process StartShell(string script, string argument) =>
        Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "kubefed-servers", argument]) { RedirectStandardInput = true })
        ?? throw new InvalidOperationException("/bin/sh did not start.");
}
