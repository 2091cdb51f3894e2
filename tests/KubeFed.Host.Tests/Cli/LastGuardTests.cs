using System.Globalization;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Tests.Cli;

/// <summary>A defect of the executable itself is told in a sentence, with a way to the details, and never as a stack dump.</summary>
public sealed class LastGuardTests
{
    [Theory]
    [InlineData("version")]
    [InlineData("completion bash")]
    [InlineData("enable --help")]
    public async Task A_defect_is_one_sentence_and_an_exit_code(string line)
    {
        var (code, error) = await RunAsync(line.Split(' '));

        Assert.Equal(ExitCode.Failed, code);
        var sentence = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        const string What = "Error: kubefed came upon a defect of its own (InvalidTimeZoneException: no such hour, nor such a day); ";
        Assert.StartsWith(What, sentence, StringComparison.Ordinal);
        Assert.EndsWith("run it again with --v=2 or KUBEFED_DEBUG=1 for the details, and report them.", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version --v=2", null)]
    [InlineData("version", "1")]
    public async Task Its_details_are_shown_to_whoever_asks_for_them(string line, string? variable)
    {
        var (code, error) = await RunAsync(line.Split(' '), variable);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("report it with what follows", error, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(LastGuardTests).FullName}.{nameof(Broken)}.Write", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] args, string? debug = null)
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var output = new Broken();
        var environment = new HostEnvironment
        {
            Out = output,
            Error = error,
            In = TextReader.Null,
            Variable = name => name == "KUBEFED_DEBUG" ? debug : null,
        };
        return (await KubefedCommandLine.RunAsync(args, environment, TestContext.Current.CancellationToken), error.ToString());
    }

    /// <summary>A terminal that breaks in a way nothing is prepared for.</summary>
    private sealed class Broken : StringWriter
    {
        public override void Write(char value) => throw Failure();

        public override void Write(char[] buffer, int index, int count) => throw Failure();

        public override void Write(string? value) => throw Failure();

        public override void WriteLine(string? value) => throw Failure();

        public override Task WriteAsync(string? value) => throw Failure();

        private static InvalidTimeZoneException Failure() => new("no such hour,\n  nor such a day.");
    }
}
