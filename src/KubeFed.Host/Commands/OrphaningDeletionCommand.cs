using System.CommandLine;
using System.CommandLine.Help;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed orphaning-deletion {enable|disable|status} TYPE NAME</c>.</summary>
/// <remarks>cli.md section 7.</remarks>
internal static class OrphaningDeletionCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("orphaning-deletion", "Whether the copies of a resource outlive it.");
        command.Subcommands.Add(Verb(environment, "enable", "Let the copies stay when the resource is deleted.", (host, found, token) =>
            SetAsync(host, found, "true", token)));
        command.Subcommands.Add(Verb(environment, "disable", "Delete the copies with the resource.", (host, found, token) =>
            SetAsync(host, found, null, token)));
        command.Subcommands.Add(Verb(environment, "status", "Print Enabled or Disabled.", (_, found, _) =>
            environment.Out.WriteLineAsync(found.Orphan ? "Enabled" : "Disabled")));
        command.SetAction(result => new HelpAction().Invoke(result));
        return command;
    }

    private static Command Verb(
        HostEnvironment environment, string name, string description, Func<HostConnection, FederatedResource, CancellationToken, Task> act)
    {
        var command = new Command(name, description);
        var type = new Argument<string>("TYPE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The federated type, such as FederatedDeployment or fdeploy.",
        };
        var resource = new Argument<string>("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "The resource's name." };
        command.Arguments.Add(type);
        command.Arguments.Add(resource);
        var space = NamespaceFlag.AddTo(command);
        var connection = new ConnectionFlags(command, environment, dryRunHidden: true);
        type.CompletionSources.Add(connection.Names.FederatedKinds);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var typeName = result.GetValue(type) is { Length: > 0 } givenType ? givenType : throw new UsageException("resource type is required");
            var resourceName = result.GetValue(resource) is { Length: > 0 } givenName ? givenName : throw new UsageException("resource name is required");
            using var host = HostConnection.Open(environment, connection, result);
            var found = await FindAsync(host, typeName, resourceName, NamespaceFlag.Value(result, space, host), cancellationToken).ConfigureAwait(false);
            await act(host, found, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<FederatedResource> FindAsync(
        HostConnection host, string typeName, string name, string @namespace, CancellationToken cancellationToken)
    {
        var type = await host.Federation.Types.ResolveAsync(typeName, cancellationToken).ConfigureAwait(false);
        var key = type.Federated.Namespaced ? new ObjectKey(@namespace, name) : ObjectKey.ClusterScoped(name);
        return await host.Federation.Resources.FindAsync(type, key, cancellationToken).ConfigureAwait(false)
            ?? throw new FederationException("FederatedResourceNotFound", FederationProblem.NotFound, $"{type.Federated.QualifiedName} \"{key}\" not found.");
    }

    /// <remarks>K-72: silent, and no write when it is so already.</remarks>
    private static async Task SetAsync(HostConnection host, FederatedResource found, string? value, CancellationToken cancellationToken)
    {
        if (found.Object.Annotation(KubeFedNames.OrphanAnnotation) != value)
        {
            await host.Federation.Resources.EditAsync(
                found.Type,
                found.Key,
                resource => resource.Object.SetAnnotation(KubeFedNames.OrphanAnnotation, value),
                dryRun: false,
                cancellationToken).ConfigureAwait(false);
        }
    }
}
