using System.CommandLine;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Completion;

/// <summary><c>kubefed completion SHELL</c> prints the script a shell loads; the script asks <c>kubefed __complete LINE</c> for candidates.</summary>
internal static class CompletionCommand
{
    private static readonly string[] s_shells = ["bash", "zsh", "fish", "powershell"];

    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("completion", "Print a script that completes kubefed's verbs, flags, contexts, clusters and types in your shell.");
        var shell = new Argument<string>("SHELL") { Arity = ArgumentArity.ZeroOrOne, Description = $"One of {string.Join(", ", s_shells)}." };
        shell.CompletionSources.Add(s_shells);
        command.Arguments.Add(shell);
        command.SetAction((result, _) => Guard.RunAsync(environment, async () =>
        {
            var name = result.GetValue(shell) is { Length: > 0 } given ? given : throw new UsageException($"SHELL is required: {string.Join(", ", s_shells)}");
            if (!s_shells.Contains(name, StringComparer.Ordinal))
            {
                throw new UsageException($"Invalid value for SHELL: {name}; completion knows {string.Join(", ", s_shells)}");
            }

            await environment.Out.WriteAsync(Script(name)).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>What the scripts call with the command line up to the cursor: one candidate per line, after a tab what it is.</summary>
    internal static Command CreateHidden(HostEnvironment environment, Func<RootCommand> root)
    {
        var command = new Command("__complete", "Print what may follow a command line.") { Hidden = true };
        var line = new Argument<string>("LINE") { Description = "The command line up to the cursor." };
        command.Arguments.Add(line);
        command.SetAction(result =>
        {
            foreach (var candidate in Candidates.Of(root(), result.GetValue(line) ?? string.Empty))
            {
                environment.Out.WriteLine(candidate);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string Script(string shell)
    {
        var name = $"Completion/kubefed.{(shell == "powershell" ? "ps1" : shell)}";
        using var reader = new StreamReader(typeof(CompletionCommand).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
