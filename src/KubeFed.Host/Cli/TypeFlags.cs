using System.CommandLine;
using KubeFed.Engine.Api;

namespace KubeFed.Host.Cli;

/// <summary>What enable and disable share.</summary>
/// <remarks>cli.md section 1.</remarks>
internal sealed class TypeFlags
{
    private readonly Option<string> _group = new("--federated-group")
    {
        Description = "API group of the federated type.",
        HelpName = "group",
        DefaultValueFactory = _ => KubeFedNames.TypesGroup,
    };

    private readonly Option<string> _version = new("--version")
    {
        Description = "API version of the target type; without it, the one the server prefers.",
        HelpName = "version",
        DefaultValueFactory = _ => string.Empty,
    };

    internal TypeFlags(Command command)
    {
        command.Options.Add(_group);
        command.Options.Add(_version);
    }

    internal string Group(ParseResult result) => result.GetValue(_group) is { Length: > 0 } given ? given : KubeFedNames.TypesGroup;

    internal string? Version(ParseResult result) => result.GetValue(_version) is { Length: > 0 } given ? given : null;
}
