using System.Globalization;
using KubeFed.Host.Cli;
using KubeFed.Host.Quickstart;

namespace KubeFed.Host.Tests.Quickstart;

public sealed class StoryPrinterTests
{
    private static readonly StepReport s_report = new(
        3,
        "Join three clusters",
        "What is done.",
        new StoryTable(["CLUSTER", "READY"], [["member1", "True"], ["[bold]m2[/]", "False"]]),
        [new Check("member1 answers", true, string.Empty), new Check("m2 answers", false, "it hangs")],
        "server: no [route]");

    [Fact]
    public void A_step_reads_the_same_without_a_terminal()
    {
        Assert.Equal(
            """
             3. Join three clusters
                What is done.

                CLUSTER       READY
                member1       True
                [bold]m2[/]   False

                ok   member1 answers
                FAIL m2 answers: it hangs
                FAIL server: no [route]


            """.ReplaceLineEndings("\n"),
            Print(printer => printer.Print(s_report)));
    }

    [Fact]
    public void The_last_line_names_the_steps_that_failed()
    {
        Assert.Equal("FAILED: step 3 (Join three clusters); 1.5 s.\n", Print(printer => printer.Summary([s_report], TimeSpan.FromSeconds(1.5))));
    }

    [Fact]
    public void The_last_line_counts_what_was_proved()
    {
        var good = s_report with { Checks = [s_report.Checks[0]], Failure = null };

        Assert.Equal("All 2 steps are true: 2 checks in 61.0 s.\n", Print(printer => printer.Summary([good, good], TimeSpan.FromSeconds(61))));
    }

    [Fact]
    public void A_step_that_proved_nothing_did_not_pass()
    {
        Assert.False((s_report with { Checks = [], Failure = null }).Passed);
        Assert.False(s_report.Passed);
        Assert.False((s_report with { Checks = [s_report.Checks[0]] }).Passed);
        Assert.True((s_report with { Checks = [s_report.Checks[0]], Failure = null }).Passed);
    }

    private static string Print(Action<StoryPrinter> print)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        print(new StoryPrinter(Consoles.For(new HostEnvironment { Out = output, Error = TextWriter.Null, In = TextReader.Null })));
        return string.Join('\n', output.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
