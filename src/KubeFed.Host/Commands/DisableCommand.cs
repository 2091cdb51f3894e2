using System.CommandLine;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed disable NAME</c>.</summary>
/// <remarks>cli.md section 5. Nothing is waited for that nobody runs (K-41).</remarks>
internal static class DisableCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("disable", "Stop federating an API type.");
        var name = new Argument<string>("NAME")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The type, as for enable, or the name of its FederatedTypeConfig.",
        };
        var deleteCrd = new Option<bool>("--delete-crd") { Description = "Remove the federated API too; refused while objects of it exist." };
        command.Arguments.Add(name);
        command.Options.Add(deleteCrd);
        var flags = new TypeFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var type = result.GetValue(name) is { Length: > 0 } given ? given : throw new UsageException("NAME is required");
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
            var request = new DisableRequest { Name = type, DeleteCrd = delete, DryRun = connection.DryRun(result) };
            var disabled = await host.Federation.Types.DisableAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
            Print(environment.Out, disabled, host.Federation.SystemNamespace);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <remarks>cli.md section 5 steps 2, 4, 6 and 7: a dry run prints nothing.</remarks>
    private static void Print(TextWriter output, DisableResult disabled, string systemNamespace)
    {
        var done = disabled.Changes.Where(change => change.Applied).ToList();
        var config = CoreResources.FederatedTypeConfigs.Kind;
        if (done.Any(change => change.ObjectKind == config && change.Kind == ChangeKind.Update))
        {
            output.WriteLine($"Disabled propagation for FederatedTypeConfig \"{systemNamespace}/{disabled.Name}\"");
        }

        foreach (var change in done.Where(change => change.Kind == ChangeKind.Delete))
        {
            if (change.ObjectKind == KnownResources.CustomResourceDefinitions.Kind)
            {
                output.WriteLine($"customresourcedefinition \"{change.Name}\" deleted");
            }
            else if (change.ObjectKind == config)
            {
                output.WriteLine($"federatedtypeconfig \"{systemNamespace}/{disabled.Name}\" deleted");
            }
        }
    }
}
