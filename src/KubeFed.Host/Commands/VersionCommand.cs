using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed version</c>, in the form kubefedctl prints.</summary>
/// <remarks>cli.md section 8.</remarks>
internal static class VersionCommand
{
    private const string Unknown = "unknown";

    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("version", "Print the version of this executable.");
        command.SetAction(_ =>
        {
            environment.Out.WriteLine($"kubefedctl version: {Describe()}");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A Go-syntax struct, because scripts cut the version out of one.</summary>
    internal static string Describe()
    {
        var stamped = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.1-alpha.0";
        var plus = stamped.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? stamped : stamped[..plus];
        var commit = plus < 0 ? Unknown : stamped[(plus + 1)..];
        (string Name, string Value)[] fields =
        [
            ("Version", "v" + version),
            ("GitCommit", commit),
            ("GitTreeState", Unknown),
            ("BuildDate", Unknown),
            ("GoVersion", RuntimeInformation.FrameworkDescription),
            ("Compiler", "roslyn"),
            ("Platform", $"{Os()}/{Architecture()}"),
        ];
        return $"version.Info{{{string.Join(", ", fields.Select(field => $"{field.Name}:\"{field.Value}\""))}}}";
    }

    private static string Os() => OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
