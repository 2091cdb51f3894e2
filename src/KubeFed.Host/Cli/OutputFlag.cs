using System.CommandLine;

namespace KubeFed.Host.Cli;

/// <summary><c>--output/-o</c>, which knows yaml only.</summary>
internal static class OutputFlag
{
    internal static Option<string> AddTo(Command command)
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "yaml: print the objects and change nothing.",
            HelpName = "yaml",
            DefaultValueFactory = _ => string.Empty,
        };
        option.CompletionSources.Add("yaml");
        command.Options.Add(option);
        return option;
    }

    internal static bool IsYaml(ParseResult result, Option<string> option) => result.GetValue(option) switch
    {
        null or "" => false,
        "yaml" => true,
        var other => throw new UsageException($"Invalid value for --output: {other}"),
    };
}
