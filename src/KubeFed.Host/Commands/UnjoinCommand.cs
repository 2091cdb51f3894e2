using System.CommandLine;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Federate;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed unjoin CLUSTER_NAME...</c>.</summary>
/// <remarks>cli.md section 3.</remarks>
internal static class UnjoinCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("unjoin", "Remove clusters from the federation; the copies in them stay.");
        var cluster = new ClusterFlags(command);
        var force = new Option<bool>("--force") { Description = "Go on when the member cannot be reached, and name what was left there." };
        command.Options.Add(force);
        var connection = new ConnectionFlags(command, environment);
        cluster.Complete(connection.Names, registered: true);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var words = cluster.Names(result);
            var hostName = cluster.HostName(result);
            using var host = HostConnection.Open(environment, connection, result);
            var names = await SelectAsync(host.Federation, words, cancellationToken).ConfigureAwait(false);
            cluster.CheckContext(result, names);
            return await NameList.EachAsync(environment, names, async name =>
            {
                if (new NamePattern(name).IsWildcard)
                {
                    throw new FederationException("ClusterNotFound", FederationProblem.NotFound, $"No registered cluster matches \"{name}\".")
                    {
                        Remedy = "kubectl get kubefedclusters lists the registered clusters.",
                        Target = name,
                    };
                }

                var request = new LeaveRequest
                {
                    Name = name,
                    Member = Member(host, cluster.Context(result, name), result.GetValue(force)),
                    HostClusterName = hostName,
                    Force = result.GetValue(force),
                    DryRun = connection.DryRun(result),
                };
                var left = await host.Federation.Clusters.LeaveAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
                host.Tell(left.Changes);
                foreach (var item in left.LeftBehind)
                {
                    await environment.Error.WriteLineAsync($"Warning: left behind: {item}").ConfigureAwait(false);
                }

                await environment.Error.WriteLineAsync($"{(request.DryRun ? "Would unjoin" : "Unjoined")} {name}.").ConfigureAwait(false);
                return ExitCode.Ok;
            }).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>
    /// The clusters that the words select, by the one rule for names, each once. A word without wildcards stands for itself, registered or not; one with
    /// wildcards that selects nothing stays as it is.
    /// </summary>
    private static async Task<IReadOnlyList<string>> SelectAsync(Federation federation, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        List<NamePattern> patterns = [.. words.Select(word => new NamePattern(word))];
        var registered = patterns.Exists(pattern => pattern.IsWildcard)
            ? await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false)
            : [];
        return [.. patterns.SelectMany(Selected).Distinct(StringComparer.Ordinal)];

        IEnumerable<string> Selected(NamePattern pattern) => pattern.IsWildcard
            ? registered.Select(cluster => cluster.Name).Where(pattern.Matches).DefaultIfEmpty(pattern.Text)
            : [pattern.Text];
    }

    /// <summary>With --force a context that cannot be loaded is no obstacle: only the host's objects are removed then (section 3 step 1).</summary>
    private static ConnectionSettings? Member(HostConnection host, string context, bool force)
    {
        try
        {
            return host.Context(context);
        }
        catch (KubeConfigException error) when (force)
        {
            host.Sink.Warning(error.Message);
            return null;
        }
    }
}
