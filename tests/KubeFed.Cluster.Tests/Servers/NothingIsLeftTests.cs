using System.Diagnostics;
using System.Globalization;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Servers;

public sealed class NothingIsLeftTests
{
    private const string VictimVariable = "KUBEFED_TEST_VICTIM";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Nothing_is_left_after_dispose()
    {
        Require();
        var clusters = await RealClusters.StartAsync(1, Cancel);
        var processes = clusters.ProcessIds;
        var files = Path.GetDirectoryName(clusters.KubeconfigPath);
        Assert.All(processes, id => Assert.True(IsRunning(id)));

        clusters.PauseServer(0);
        await clusters.DisposeAsync();

        Assert.All(processes, id => Assert.False(IsRunning(id)));
        Assert.False(Directory.Exists(files));
    }

    // This test runs itself again in a second process, which the variable turns into the one to be killed.
    [Fact(Timeout = 240_000)]
    public async Task Nothing_is_left_after_the_test_run_is_killed()
    {
        Require();
        if (Environment.GetEnvironmentVariable(VictimVariable) is { } announcement)
        {
            await StartAndWaitAsync(announcement);
        }

        var told = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var victim = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, typeof(NothingIsLeftTests).Assembly.GetName().Name!),
            ["-method", $"{typeof(NothingIsLeftTests).FullName}.{nameof(Nothing_is_left_after_the_test_run_is_killed)}"])
        {
            RedirectStandardOutput = true,
            Environment = { [VictimVariable] = told },
        })!;
        var output = victim.StandardOutput.ReadToEndAsync(Cancel);
        while (!File.Exists(told))
        {
            Assert.False(victim.HasExited, victim.HasExited ? await output : "");
            await Task.Delay(50, Cancel);
        }

        var lines = await File.ReadAllLinesAsync(told, Cancel);
        File.Delete(told);
        var processes = lines[1..].Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(processes, id => Assert.True(IsRunning(id)));
        Assert.InRange(processes.Length, 2, 3);

        victim.Kill();

        while (processes.Any(IsRunning) || Directory.Exists(lines[0]))
        {
            await Task.Delay(50, Cancel);
        }
    }

    private static async Task StartAndWaitAsync(string announcement)
    {
        await using var clusters = await RealClusters.StartAsync(1, Cancel);
        var unfinished = announcement + ".unfinished";
        await File.WriteAllLinesAsync(unfinished, [Path.GetDirectoryName(clusters.KubeconfigPath)!, .. clusters.ProcessIds.Select(id => $"{id}")], Cancel);
        File.Move(unfinished, announcement);
        await Task.Delay(Timeout.InfiniteTimeSpan, Cancel);
    }

    // A process that has ended and was not yet waited for still has a directory in /proc.
    private static bool IsRunning(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Require()
    {
        if (RealClusters.SkipReason is { } reason)
        {
            Assert.Skip(reason);
        }

        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("what runs is read from /proc");
        }
    }
}
