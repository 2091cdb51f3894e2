using System.CommandLine;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed enable (NAME... | -f FILE)</c>.</summary>
/// <remarks>cli.md section 4.</remarks>
internal static class EnableCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("enable", "Make API types federated.");
        var name = new NameList(command, "NAME", "The types by plural, singular, kind, short name or plural.group.");
        var flags = new TypeFlags(command);
        var federatedVersion = new Option<string>("--federated-version")
        {
            Description = "API version of the federated type.",
            HelpName = "version",
            DefaultValueFactory = _ => KubeFedNames.TypesVersion,
        };
        var file = new Option<string>("--filename", "-f")
        {
            Description = "A file with an EnableTypeDirective, instead of NAME and its flags.",
            HelpName = "path",
        };
        command.Options.Add(federatedVersion);
        command.Options.Add(file);
        var output = OutputFlag.AddTo(command);
        var connection = new ConnectionFlags(command, environment);
        name.Complete(connection.Names.ServedTypes);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var yaml = OutputFlag.IsYaml(result, output);
            IReadOnlyList<EnableRequest> requests = result.GetValue(file) is { Length: > 0 } path
                ? [Directive(await InputText.ReadAsync(environment, path, cancellationToken).ConfigureAwait(false), path)]
                : [.. name.Of(result).Select(given => new EnableRequest
                {
                    Name = given,
                    TargetVersion = flags.Version(result),
                    FederatedGroup = flags.Group(result),
                    FederatedVersion = result.GetValue(federatedVersion) ?? KubeFedNames.TypesVersion,
                })];
            using var host = HostConnection.Open(environment, connection, result);
            return await NameList.EachAsync(environment, [.. requests.Select(request => request.Name)], async type =>
            {
                // As kubefedctl: the default group whatever is enabled, so that a type that is enabled in another one, or collides there, is told so.
                var request = requests.First(request => request.Name == type);
                request = request with { FederatedGroup = request.FederatedGroup ?? KubeFedNames.TypesGroup };
                request = request with { FederatedVersion = request.FederatedVersion ?? KubeFedNames.TypesVersion, DryRun = connection.DryRun(result) };
                var done = yaml ? PrintAsync(environment, host, request, cancellationToken) : EnableAsync(environment, host, request, cancellationToken);
                await done.ConfigureAwait(false);
                return ExitCode.Ok;
            }).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task PrintAsync(HostEnvironment environment, HostConnection host, EnableRequest request, CancellationToken cancellationToken)
    {
        var described = await host.Federation.Types.DescribeAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
        var config = WithoutStatus(described.Type.Source.Json, withoutNamespace: true);
        var definition = WithoutStatus(described.CustomResourceDefinition.Json, withoutNamespace: false);
        await environment.Out.WriteAsync(Manifests.Write(config) + Manifests.Write(definition)).ConfigureAwait(false);
    }

    private static async Task EnableAsync(HostEnvironment environment, HostConnection host, EnableRequest request, CancellationToken cancellationToken)
    {
        var enabled = await host.Federation.Types.EnableAsync(request, host.Sink, cancellationToken).ConfigureAwait(false);
        ChangeLines.Enabled(environment.Out, enabled, host.Federation.SystemNamespace);
    }

    private static EnableRequest Directive(string text, string path) =>
        YamlText.ParseAll(text) is [JsonObject document, ..]
            ? EnableRequest.FromDirective(new KubeObject(document))
            : throw new UsageException($"{path} holds no object; an EnableTypeDirective has at least metadata.name.");

    /// <remarks>cli.md section 4 step 1.</remarks>
    private static JsonObject WithoutStatus(JsonObject stored, bool withoutNamespace)
    {
        var json = (JsonObject)stored.DeepClone();
        json.Remove("status");
        if (json["metadata"] is JsonObject metadata)
        {
            metadata.Remove("creationTimestamp");
            if (withoutNamespace)
            {
                metadata.Remove("namespace");
            }
        }

        return json;
    }
}
