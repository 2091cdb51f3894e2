using System.CommandLine;

namespace KubeFed.Host.Cli;

/// <summary>
/// The logging flags every kubefedctl command takes. Scripts pass them, so they are accepted; only <c>--v</c> means anything here. Flag names may be
/// written with underscores.
/// </summary>
/// <remarks>cli.md, introduction.</remarks>
internal static class KlogFlags
{
    private static readonly string[] s_switches =
        ["logtostderr", "alsologtostderr", "skip-headers", "skip-log-headers", "add-dir-header", "one-output"];

    private static readonly string[] s_values =
        ["stderrthreshold", "vmodule", "log-dir", "log-file", "log-file-max-size", "log-backtrace-at", "log-flush-frequency"];

    internal static Option<int> Verbosity { get; } = new("--v")
    {
        Description = "Verbosity: from 2 on, every step is told on standard error.",
        Recursive = true,
    };

    internal static void AddTo(Command root)
    {
        root.Options.Add(Verbosity);
        foreach (var name in s_switches)
        {
            root.Options.Add(new Option<bool>("--" + name) { Recursive = true, Hidden = true });
        }

        foreach (var name in s_values)
        {
            root.Options.Add(new Option<string>("--" + name) { Recursive = true, Hidden = true });
        }
    }

    /// <summary>Writes <c>--host_cluster_context=x</c> as <c>--host-cluster-context=x</c> and warns once per flag.</summary>
    internal static IReadOnlyList<string> Normalise(IReadOnlyList<string> args, TextWriter error)
    {
        var normal = new List<string>(args.Count);
        var flags = true;
        foreach (var arg in args)
        {
            flags &= arg != "--";
            var end = arg.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? equals : arg.Length;
            var name = arg[..end];
            if (!flags || !name.StartsWith("--", StringComparison.Ordinal) || !name.Contains('_', StringComparison.Ordinal))
            {
                normal.Add(arg);
                continue;
            }

            var right = name.Replace('_', '-');
            error.WriteLine($"Warning: {name} is taken as {right}.");
            normal.Add(right + arg[end..]);
        }

        return normal;
    }
}
