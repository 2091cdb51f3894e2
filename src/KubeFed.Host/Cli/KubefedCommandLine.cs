using System.CommandLine;
using System.CommandLine.Help;
using KubeFed.Host.Commands;
using KubeFed.Host.Completion;

namespace KubeFed.Host.Cli;

/// <summary>The executable as a function of its arguments and its environment.</summary>
public static class KubefedCommandLine
{
    /// <summary>How long a cancelled command may take to tidy up before the process ends regardless.</summary>
    private static readonly TimeSpan s_graceAfterCancel = TimeSpan.FromMinutes(2);

    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, HostEnvironment environment, CancellationToken cancellationToken)
    {
        var verbosity = 0;
        try
        {
            var parsed = Build(environment).Parse(KlogFlags.Normalise(args, environment.Error));
            verbosity = parsed.Errors.Count == 0 ? parsed.GetValue(KlogFlags.Verbosity) : 0;
            return await RunAsync(parsed, environment, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The last guard: whatever comes here is a defect, and is told in a sentence instead of a stack dump.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Guard.Tell(environment, error, verbosity);
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, HostEnvironment environment, CancellationToken cancellationToken)
    {
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await environment.Error.WriteLineAsync($"Error: {error.Message}").ConfigureAwait(false);
            }

            var command = parsed.CommandResult.Command;
            var name = command is RootCommand ? "kubefed" : $"kubefed {command.Name}";
            await environment.Error.WriteLineAsync($"'{name} --help' shows how it is used.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = environment.Out,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = s_graceAfterCancel,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
    }

    private static RootCommand Build(HostEnvironment environment)
    {
        var root = new RootCommand("Declare a resource once on a host cluster and make it true on every member cluster.")
        {
            QuickstartCommand.Create(environment),
            SandboxServer.SandboxCommand.Create(environment),
            JoinCommand.Create(environment),
            UnjoinCommand.Create(environment),
            EnableCommand.Create(environment),
            DisableCommand.Create(environment),
            FederateCommand.Create(environment),
            OrphaningDeletionCommand.Create(environment),
            SyncCommand.Create(environment),
            Manager.ManagerCommand.Create(environment),
            VersionCommand.Create(environment),
            CompletionCommand.Create(environment),
            CompletionCommand.CreateHidden(environment, () => Build(environment)),
        };
        KlogFlags.AddTo(root);
        root.SetAction(result => new HelpAction().Invoke(result));
        return root;
    }
}
