using System.Globalization;
using Spectre.Console;

namespace KubeFed.Host.Quickstart;

/// <summary>Prints a story as it happens, so that it reads the same on a terminal, in a file and in a bug report: colour only adds.</summary>
public sealed class StoryPrinter(IAnsiConsole console)
{
    public void Print(StepReport report)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"{report.Number,2}. {report.Title}"), new Style(decoration: Decoration.Bold));
        console.Write(new Padder(new Text(report.Intent), new Padding(4, 0, 0, 0)));
        if (report.Table is { Rows.Count: > 0 } table)
        {
            console.WriteLine();
            console.Write(new Padder(Grid(table), new Padding(4, 0, 0, 0)));
        }

        console.WriteLine();
        foreach (var check in report.Checks)
        {
            Result(check.Holds, check.Holds ? check.Claim : $"{check.Claim}: {check.Observed}");
        }

        if (report.Failure is not null)
        {
            Result(false, report.Failure);
        }

        console.WriteLine();
    }

    /// <summary>One line that sums up: steps, checks, seconds.</summary>
    public void Summary(IReadOnlyCollection<StepReport> reports, TimeSpan elapsed)
    {
        var failed = reports.Where(r => !r.Passed).ToList();
        var checks = reports.Sum(r => r.Checks.Count);
        var seconds = elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Line(
            failed.Count == 0
                ? $"All {reports.Count} steps are true: {checks} checks in {seconds} s."
                : $"FAILED: step {string.Join(", ", failed.Select(r => $"{r.Number} ({r.Title})"))}; {seconds} s.",
            new Style(failed.Count == 0 ? Color.Green : Color.Red));
    }

    private void Result(bool holds, string text)
    {
        var columns = new Grid().AddColumn(new GridColumn().NoWrap().Width(4).Padding(4, 0, 1, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        columns.AddRow(new Text(holds ? "ok" : "FAIL", new Style(holds ? Color.Green : Color.Red)), new Text(text));
        console.Write(columns);
    }

    private static Table Grid(StoryTable content)
    {
        var table = new Table().NoBorder();
        foreach (var column in content.Columns)
        {
            table.AddColumn(new TableColumn(new Text(column)).PadLeft(0).PadRight(3));
        }

        foreach (var row in content.Rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        return table;
    }

    private void Line(string text, Style style) => console.Write(new Text(text + "\n", style));
}
