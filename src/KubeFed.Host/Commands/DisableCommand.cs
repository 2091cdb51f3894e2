using System.CommandLine;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed disable NAME...</c>.</summary>
/// <remarks>cli.md section 5. Nothing is waited for that nobody runs (K-41); a type that is not enabled is told, and is no error (step 1).</remarks>
internal static class DisableCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("disable", "Stop federating API types.");
        var name = new NameList(command, "NAME", "The types, as for enable, or the names of their FederatedTypeConfigs.");
        var deleteCrd = new Option<bool>("--delete-crd") { Description = "Remove the federated API too; refused while objects of it exist." };
        var force = new Option<bool>("--force") { Description = "Do not wait for a controller that says it runs: it was stopped." };
        command.Options.Add(deleteCrd);
        command.Options.Add(force);
        var flags = new TypeFlags(command);
        var connection = new ConnectionFlags(command, environment);
        name.Complete(connection.Names.EnabledTypes);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var types = name.Of(result);
            var delete = result.GetValue(deleteCrd);
            if (!delete && flags.Version(result) is not null)
            {
                throw new UsageException("--version flag valid only with --delete-crd");
            }

            if (!delete && flags.Group(result) != KubeFedNames.TypesGroup)
            {
                throw new UsageException("--kubefed-group flag valid only with --delete-crd");
            }

            using var host = HostConnection.Open(environment, connection, result);
            var lines = new DisableLines(environment.Out, connection.DryRun(result));
            return await NameList.EachAsync(environment, types, async type =>
            {
                var request = new DisableRequest
                {
                    Name = type,
                    FederatedGroup = flags.Group(result),
                    TargetVersion = flags.Version(result),
                    DeleteCrd = delete,
                    Force = result.GetValue(force),
                    DryRun = connection.DryRun(result),
                    Steps = lines,
                };
                try
                {
                    await host.Federation.Types.DisableAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
                }
                catch (FederationException error) when (error.Id == "TypeNotEnabled")
                {
                    lines.Report(new DisableStep(DisableStage.ConfigMissing, await ConfigNameAsync(host, type, cancellationToken).ConfigureAwait(false)));
                }

                return ExitCode.Ok;
            }).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>K-40: a name with a dot is taken as it is; another must be a type the host serves.</summary>
    private static async Task<string> ConfigNameAsync(HostConnection host, string type, CancellationToken cancellationToken)
    {
        var name = type.Contains('.', StringComparison.Ordinal)
            ? type
            : (await host.Federation.Host.Discovery.ResolveAsync(type, null, cancellationToken).ConfigureAwait(false)).QualifiedName;
        return $"{host.Federation.SystemNamespace}/{name}";
    }
}
