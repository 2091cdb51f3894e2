using System.Globalization;
using KubeFed.Host.Cli;
using KubeFed.Host.Tests.Cli;

namespace KubeFed.Host.Tests.SandboxServer;

/// <summary><c>kubefed sandbox</c> as a command: what it prints, what it leaves behind.</summary>
public sealed class SandboxCommandTests
{
    [Fact]
    public async Task It_tells_the_contexts_and_removes_its_kubeconfig_when_it_is_stopped()
    {
        var directory = Directory.CreateTempSubdirectory("kubefed-sandbox-");
        try
        {
            var path = Path.Combine(directory.FullName, "kubeconfig");
            using var output = new Lines();
            using var error = new StringWriter(CultureInfo.InvariantCulture);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var environment = new HostEnvironment { Out = output, Error = error, In = TextReader.Null };

            var run = KubefedCommandLine.RunAsync(["sandbox", "--listen", "--member", "2", "--kubeconfig", path, "--kubernetes-version", "v1.30.2"], environment, stop.Token);
            await Task.WhenAny(run, output.Started.Task).WaitAsync(TestContext.Current.CancellationToken);
            var kubeconfig = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            await stop.CancelAsync();

            Assert.Equal(ExitCode.Ok, await run);
            Assert.Matches(@"(?s)^context host: https://127\.0\.0\.1:\d+ \(v1\.30\.2\)\ncontext cluster1: .*\ncontext cluster2: .*\nkubeconfig: ", output.ToString());
            Assert.Contains("current-context: host\n", kubeconfig, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task It_never_takes_over_a_file_that_exists()
    {
        var path = Path.GetTempFileName();
        try
        {
            var run = await KubefedRun.Of("sandbox", "--listen", "--kubeconfig", path);

            Assert.Equal(ExitCode.Failed, run.ExitCode);
            Assert.Contains("exists, and a sandbox would remove it at its end", run.Error, StringComparison.Ordinal);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("sandbox", "A sandbox that does not listen can be reached by nobody; add --listen.")]
    [InlineData("sandbox --listen --member -1", "--member is -1; give a number from 0 to 100.")]
    [InlineData("sandbox --listen --port-base 65535", "--port-base is 65535, which leaves no room for 4 ports below 65536; give a lower one.")]
    [InlineData("sandbox --listen --kubernetes-version new", "--kubernetes-version: The version 'new' is not of the form v1.31.0")]
    public async Task A_wrong_command_line_is_told_in_one_line_and_exits_with_2(string line, string message)
    {
        var run = await KubefedRun.Of(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("Error: " + message, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Tells when the last line of the greeting is out.</summary>
    private sealed class Lines() : StringWriter(CultureInfo.InvariantCulture)
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task FlushAsync()
        {
            await base.FlushAsync();
            Started.TrySetResult();
        }
    }
}
