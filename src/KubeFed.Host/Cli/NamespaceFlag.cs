using System.CommandLine;

namespace KubeFed.Host.Cli;

/// <summary><c>--namespace/-n</c>: the resource's namespace; without it, the context's, else <c>default</c>.</summary>
internal static class NamespaceFlag
{
    internal static Option<string> AddTo(Command command)
    {
        var option = new Option<string>("--namespace", "-n")
        {
            Description = "Namespace of the resource; without it, the context's, else default.",
            HelpName = "namespace",
            DefaultValueFactory = _ => string.Empty,
        };
        command.Options.Add(option);
        return option;
    }

    internal static string Value(ParseResult result, Option<string> option, HostConnection host) =>
        result.GetValue(option) is { Length: > 0 } given ? given : host.Namespace ?? "default";
}
