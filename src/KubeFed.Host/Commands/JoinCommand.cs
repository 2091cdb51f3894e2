using System.CommandLine;
using KubeFed.Engine.Clusters;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed join CLUSTER_NAME...</c>.</summary>
/// <remarks>cli.md section 2. Standard output stays empty (K-1); the one line of good news goes to standard error (P-6).</remarks>
internal static class JoinCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("join", "Register clusters as members of the federation.");
        var cluster = new ClusterFlags(command);
        var secretName = new Option<string>("--secret-name")
        {
            Description = "Name of the Secret on the host that holds the member's token; without it, one is generated.",
            HelpName = "name",
            DefaultValueFactory = _ => string.Empty,
        };
        var errorOnExisting = new Option<bool>("--error-on-existing")
        {
            Description = "Fail when an object join would make exists already; give =false to make joining repeatable.",
            DefaultValueFactory = _ => true,
        };
        command.Options.Add(secretName);
        command.Options.Add(errorOnExisting);
        var connection = new ConnectionFlags(command, environment);
        cluster.Complete(connection.Names, registered: false);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var names = cluster.Names(result);
            NameList.OnlyWithOne(names, "--secret-name", result.GetValue(secretName) is { Length: > 0 });
            var hostName = cluster.HostName(result);
            using var host = HostConnection.Open(environment, connection, result);
            return await NameList.EachAsync(environment, names, async name =>
            {
                var request = new JoinRequest
                {
                    Name = name,
                    Member = host.Context(cluster.Context(result, name)),
                    HostClusterName = hostName,
                    SecretName = result.GetValue(secretName) is { Length: > 0 } given ? given : null,
                    ErrorOnExisting = result.GetValue(errorOnExisting),
                    DryRun = connection.DryRun(result),
                };
                var joined = await host.Federation.Clusters.JoinAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
                host.Tell(joined.Changes);
                var done = request.DryRun ? "Would join" : "Joined";
                await environment.Error.WriteLineAsync($"{done} {name} ({joined.Cluster.ApiEndpoint}).").ConfigureAwait(false);
                return ExitCode.Ok;
            }).ConfigureAwait(false);
        }));
        return command;
    }
}
