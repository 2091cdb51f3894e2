using System.CommandLine;
using System.CommandLine.Completions;
using KubeFed.Host.Cli;
using KubeFed.Host.Completion;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed federate TYPE-NAME RESOURCE-NAME...</c>, or <c>-f FILE</c>.</summary>
/// <remarks>cli.md section 6, modes A, B and C.</remarks>
internal static class FederateCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command("federate", "Make the federated form of resources, placed in all clusters.");
        var words = new Argument<string[]>("TYPE-NAME RESOURCE-NAME")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The type, as for enable, and the names of resources of it.",
        };
        var enableType = new Option<bool>("--enable-type", "-t") { Description = "Enable the type first when it is not." };
        var file = new Option<string>("--filename", "-f")
        {
            Description = "Convert the objects in a file (- for standard input) and print them; nothing is created.",
            HelpName = "path",
        };
        var contents = new Option<bool>("--contents", "-c") { Description = "For a namespace: federate what it contains, too." };
        var skip = new Option<string[]>("--skip-api-resources", "-s")
        {
            Description = "With --contents: types or API groups to leave out, separated by commas.",
            HelpName = "names",
        };
        command.Arguments.Add(words);
        var space = NamespaceFlag.AddTo(command);
        var output = OutputFlag.AddTo(command);
        command.Options.Add(enableType);
        command.Options.Add(contents);
        command.Options.Add(skip);
        command.Options.Add(file);
        var connection = new ConnectionFlags(command, environment);
        words.CompletionSources.Add(context => TypeWords(context, words, connection.Names));
        skip.CompletionSources.Add(connection.Names.ServedTypes);
        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var given = result.GetValue(words) ?? [];
            if (given.FirstOrDefault(word => word.StartsWith('-')) is { } flag)
            {
                throw new UsageException($"unknown flag: {flag}");
            }

            if (result.GetValue(file) is { Length: > 0 } path)
            {
                return given.Length == 0
                    ? await FileFederation.RunAsync(environment, path, cancellationToken).ConfigureAwait(false)
                    : throw new UsageException($"Flag '--filename' does not take any args. Got args: [{string.Join(' ', given)}]");
            }

            var type = given.Length > 0 ? given[0] : throw new UsageException("TYPE-NAME is required");
            string[] resources = given.Length > 1 ? given[1..] : throw new UsageException("RESOURCE-NAME is required");
            var (yaml, enable) = (OutputFlag.IsYaml(result, output), result.GetValue(enableType));
            if (enable && yaml)
            {
                throw new UsageException("Flag '--enable-type' cannot be used with '--output [yaml]'");
            }

            using var host = HostConnection.Open(environment, connection, result);
            return await NameList.EachAsync(environment, [.. resources.Distinct(StringComparer.Ordinal)], name =>
            {
                var request = new FederateRequest
                {
                    TypeName = type, ResourceName = name, Yaml = yaml, EnableType = enable, DryRun = connection.DryRun(result),
                };
                if (result.GetValue(contents))
                {
                    const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
                    var skipped = (result.GetValue(skip) ?? []).SelectMany(names => names.Split(',', Tidy));
                    return new ContentsFederation(environment, host).RunAsync(request, [.. skipped], cancellationToken);
                }

                var federation = new HostFederation(environment, host);
                return federation.RunAsync(request with { Namespace = NamespaceFlag.Value(result, space, host) }, cancellationToken);
            }).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>The type is completed; the resource's name is the user's to know.</summary>
    private static IEnumerable<CompletionItem> TypeWords(CompletionContext context, Argument<string[]> words, KnownNames names)
    {
        var complete = (context.ParseResult.GetValue(words) ?? []).Length - (context.WordToComplete.Length > 0 ? 1 : 0);
        return complete <= 0 ? names.ServedTypes(context) : [];
    }
}

/// <summary>What to federate from the host.</summary>
internal sealed record FederateRequest
{
    public required string TypeName { get; init; }

    public required string ResourceName { get; init; }

    /// <summary>Of the resource; ignored for cluster-scoped types (K-51).</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>Print, create nothing.</summary>
    public bool Yaml { get; init; }

    public bool EnableType { get; init; }

    public bool DryRun { get; init; }
}
