using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace KubeFed.TestSupport.Shells;

/// <summary>
/// A PowerShell new enough for the module, each script in a process of its own: the one that the variable <c>PWSH</c> names, or without it the first of the one
/// on PATH and the repository's dotnet tool.
/// </summary>
/// <example><code>
/// var pwsh = await RealPowerShell.RequireAsync();
/// var run = await pwsh.RunAsync("$PSVersionTable");
/// </code></example>
public sealed class RealPowerShell
{
    private static readonly Version Oldest = new(7, 6);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly Lazy<Task<(RealPowerShell? Found, string Reason)>> Search = new(SearchAsync);

    private readonly string[] _command;
    private readonly string _absence;

    /// <param name="absence">What to say where the command does not run.</param>
    /// <param name="command">An executable and what to pass it before PowerShell's own arguments.</param>
    private RealPowerShell(string absence, params string[] command)
    {
        _absence = absence;
        _command = command;
    }

    /// <summary>Skips the running test where there is none, or fails it where <c>KUBEFED_REQUIRE_PWSH=1</c> says that there must be one.</summary>
    public static async Task<RealPowerShell> RequireAsync()
    {
        var (found, reason) = await Search.Value.ConfigureAwait(false);
        if (found is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("KUBEFED_REQUIRE_PWSH") == "1", $"{reason} (KUBEFED_REQUIRE_PWSH=1 forbids skipping)");
            Assert.Skip(reason);
        }

        return found;
    }

    /// <summary>Runs a script in the root of the repository, for fifteen minutes at most.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(string script, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(_command[0], [.. _command[1..], "-NoProfile", "-NonInteractive", "-Command", script])
        {
            // The runner talks to this process over its standard input, and a PowerShell that inherits it would read along.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // From here dotnet finds the repository's tools.
            WorkingDirectory = FindRoot(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_command[0]} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    private static async Task<(RealPowerShell? Found, string Reason)> SearchAsync()
    {
        RealPowerShell[] candidates = Environment.GetEnvironmentVariable("PWSH") is { Length: > 0 } named
            ? [new($"the variable PWSH names {named}, which does not run", named)]
            : [
                new("there is none on PATH", "pwsh"),
                new("the repository's own is not restored: run dotnet tool restore", "dotnet", "tool", "run", "pwsh", "--"),
            ];
        var refusals = new List<string>();
        foreach (var candidate in candidates)
        {
            if (await candidate.RefuseAsync().ConfigureAwait(false) is not { } refusal)
            {
                return (candidate, string.Empty);
            }

            refusals.Add(refusal);
        }

        return (null, $"PowerShell {Oldest} or newer is needed: {string.Join("; ", refusals)}");
    }

    /// <summary>Why this one will not do; null when it will.</summary>
    private async Task<string?> RefuseAsync()
    {
        try
        {
            var run = await RunAsync("\"$($PSVersionTable.PSVersion)\"").ConfigureAwait(false);
            return run.ExitCode != 0 || !Version.TryParse(run.Output.Trim().Split('-')[0], out var version) ? _absence
                : version < Oldest ? $"{string.Join(' ', _command)} is {version}"
                : null;
        }
        catch (Win32Exception)
        {
            return _absence;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, ".config", "dotnet-tools.json")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds .config/dotnet-tools.json.");
    }
}
