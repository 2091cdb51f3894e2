using System.Diagnostics;

namespace KubeFed.TestSupport.Servers;

/// <summary>One server: started in a run's directory, signalled by its own process id only.</summary>
internal sealed class ServerProcess : IDisposable
{
    // The id is listed before the server runs, so that no moment exists in which a crash of this process would leave it unlisted.
    private const string Launch = """
        list=$1 log=$2
        shift 2
        echo "$$ $(sed 's/.*) //' /proc/$$/stat 2>/dev/null | cut -d ' ' -f 20)" >>"$list"
        exec "$@" </dev/null >>"$log" 2>&1
        """;

    private static readonly TimeSpan StandstillPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ServerProcess(string name, string logPath, Process process)
    {
        Name = name;
        LogPath = logPath;
        _process = process;
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ServerProcess Start(string name, RunDirectory run, string executable, IEnumerable<string> arguments)
    {
        var log = Path.Combine(run.Path, $"{name}.log");
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Launch, name, run.Processes, log, executable, .. arguments]))
            ?? throw new InvalidOperationException($"{executable} did not start.");
        return new ServerProcess(name, log, process);
    }

    /// <summary>The last lines of what the server wrote.</summary>
    public string LogTail(int lines = 15)
    {
        if (!File.Exists(LogPath))
        {
            return "(no output)";
        }

        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        const int enough = 64 * 1024;
        stream.Seek(-Math.Min(stream.Length, enough), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(lines));
    }

    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            Posix.Send(_process.Id, signal);
        }
    }

    /// <summary>
    /// Stops it for now. Returns when every thread stands still where the system tells (Linux): the signal alone is only on its way, and a busy machine lets a
    /// server answer some more.
    /// </summary>
    public void Pause()
    {
        Send(Signal.Stop);
        var threads = $"/proc/{_process.Id}/task";
        var waited = Stopwatch.StartNew();
        while (Directory.Exists(threads) && Directory.EnumerateDirectories(threads).Any(IsMoving))
        {
            if (waited.Elapsed > StandstillPatience)
            {
                throw new InvalidOperationException($"Process {_process.Id} was told to stop and did not within {StandstillPatience.TotalSeconds:0} s.");
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Asks, waits <paramref name="patience"/>, then kills.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        Send(Signal.Terminate);
        Send(Signal.Continue);
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Send(Signal.Kill);
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>The state is the letter after the name in parentheses, which may itself hold parentheses (proc(5)).</summary>
    private static bool IsMoving(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('T' or 't' or 'Z' or 'X');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
