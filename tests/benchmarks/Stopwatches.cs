using System.Diagnostics;

namespace KubeFed.Benchmarks;

/// <summary>Times a piece of work.</summary>
internal static class Stopwatches
{
    internal static async Task<Measurement> TimeAsync(string way, Phase phase, Func<long> writes, Func<Task> work)
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var cpu = self.TotalProcessorTime;
        var before = writes();
        var start = Stopwatch.GetTimestamp();
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        self.Refresh();
        var measured = new Measurement(way, phase, elapsed, self.TotalProcessorTime - cpu, writes() - before);
        await Console.Error.WriteLineAsync($"{way}, {phase}: {elapsed.TotalSeconds:0.00} s");
        return measured;
    }
}
