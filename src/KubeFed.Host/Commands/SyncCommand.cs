using System.CommandLine;
using KubeFed.Engine.Propagation;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed sync</c>: one synchronisation, a line per resource and cluster as each is known. Not a kubefedctl verb.</summary>
internal static class SyncCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("sync", "Make what is declared true, once; print what was done in each cluster.");
        var types = Many("--type", "Only these types, as enable takes them");
        var names = Many("--name", "Only resources of these names; one that is not there is an error");
        var namespaces = Many("--namespace", "Only resources in these namespaces, and of those that have none only such as --type names", "-n");
        var clusters = Many("--cluster", "Only act on these member clusters");
        foreach (var option in new[] { types, names, namespaces, clusters })
        {
            command.Options.Add(option);
        }

        var takeOver = new Option<bool>("--take-over")
        {
            Description = "Take over copies of another federation, as after the host was restored elsewhere, and objects nobody federated.",
        };
        var abandon = new Option<bool>("--abandon-unreachable") { Description = "Let deletions end without the copies in clusters that can't be asked." };
        var fromCache = new Option<bool>("--from-cache")
        {
            Description = "List resources out of the host's cache, for syncs on a schedule: much cheaper, and what was declared just now may wait for the next one.",
        };
        command.Options.Add(fromCache);
        command.Options.Add(takeOver);
        command.Options.Add(abandon);
        var connection = new ConnectionFlags(command, environment);
        types.CompletionSources.Add(connection.Names.EnabledTypes);
        clusters.CompletionSources.Add(connection.Names.Clusters);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            using var host = HostConnection.Open(environment, connection, result);
            var request = new SyncRequest
            {
                Types = Words(result, types),
                Names = Words(result, names),
                Namespaces = Words(result, namespaces),
                Clusters = Words(result, clusters),
                FromCache = result.GetValue(fromCache),
                TakeOver = result.GetValue(takeOver),
                AbandonUnreachable = result.GetValue(abandon),
                ReportUnmatched = true,
                DryRun = connection.DryRun(result),
            };
            var failed = 0;
            await foreach (var outcome in host.Federation.Sync.RunAsync(request, host.Sink, cancellationToken).ConfigureAwait(false))
            {
                failed += outcome.Succeeded ? 0 : 1;
                await environment.Out.WriteLineAsync(OutcomeText.Line(outcome)).ConfigureAwait(false);
            }

            return failed == 0 && host.Sink.Errors == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static Option<string[]> Many(string name, string description, params string[] aliases) =>
        new(name, aliases)
        {
            Description = $"{description}. Several with commas, or the flag again; * and ? allowed, and case does not matter.",
            AllowMultipleArgumentsPerToken = false,
        };

    private static string[] Words(ParseResult result, Option<string[]> option) =>
        [.. (result.GetValue(option) ?? []).SelectMany(words => words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
