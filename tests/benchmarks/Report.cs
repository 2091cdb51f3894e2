using System.Globalization;

namespace KubeFed.Benchmarks;

/// <summary>The table that goes into the docs.</summary>
internal static class Report
{
    private const string Phases = "create | create, declared by kubectl | nothing to do | nothing to do, from cache | update | delete";

    internal static void Print(TextWriter output, IReadOnlyList<Measurement> rows, int count, int rounds, Version version)
    {
        output.WriteLine($"{count} ConfigMaps of 256 bytes to 3 members, Kubernetes {version}, {Environment.ProcessorCount} cores; "
            + $"seconds of wall time, median of {rounds}");
        output.WriteLine();
        output.WriteLine($"| | {Phases} |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var way in rows.Select(row => row.Way).Distinct())
        {
            output.WriteLine($"| {way} | {string.Join(" | ", Enum.GetValues<Phase>().Select(phase => Cell(rows, way, phase)))} |");
        }

        output.WriteLine();
        output.WriteLine($"| kubefed sync against | {Phases} |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var way in rows.Select(row => row.Way).Distinct().Skip(1))
        {
            output.WriteLine($"| {way} | {string.Join(" | ", Enum.GetValues<Phase>().Select(phase => Ratio(rows, way, phase)))} |");
        }

        output.WriteLine();
        foreach (var row in Enum.GetValues<Phase>().Select(phase => Find(rows, rows[0].Way, phase)).OfType<Measurement>())
        {
            output.WriteLine($"{row.Way}, {row.Phase}: {row.Writes} writes, {row.Cpu.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s of CPU");
        }
    }

    private static Measurement? Find(IReadOnlyList<Measurement> rows, string way, Phase phase)
    {
        var all = rows.Where(row => row.Way == way && row.Phase == phase).OrderBy(row => row.Elapsed).ToList();
        return all.Count == 0 ? null : all[all.Count / 2];
    }

    private static string Cell(IReadOnlyList<Measurement> rows, string way, Phase phase) =>
        Find(rows, way, phase)?.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Ratio(IReadOnlyList<Measurement> rows, string way, Phase phase) =>
        Find(rows, way, phase) is { } other && Find(rows, rows[0].Way, phase) is { } ours
            ? (ours.Elapsed / other.Elapsed).ToString("0.00", CultureInfo.InvariantCulture) + "x"
            : "-";
}
