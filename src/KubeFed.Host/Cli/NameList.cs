using System.CommandLine;
using System.CommandLine.Completions;

namespace KubeFed.Host.Cli;

/// <summary>The names a command is about: one or several, each of which is done, or told as failed, for itself.</summary>
internal sealed class NameList
{
    private readonly Argument<string[]> _names;

    internal NameList(Command command, string name, string description)
    {
        _names = new Argument<string[]>(name) { Arity = ArgumentArity.ZeroOrMore, Description = description };
        command.Arguments.Add(_names);
    }

    internal void Complete(Func<CompletionContext, IEnumerable<CompletionItem>> source) => _names.CompletionSources.Add(source);

    /// <summary>At least one name, each once.</summary>
    /// <exception cref="UsageException">There is none, or one is a misspelt flag.</exception>
    internal IReadOnlyList<string> Of(ParseResult result)
    {
        var names = result.GetValue(_names) ?? [];
        if (names.FirstOrDefault(name => name.StartsWith('-')) is { } flag)
        {
            throw new UsageException($"unknown flag: {flag}");
        }

        List<string> given = [.. names.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
        return given.Count > 0 ? given : throw new UsageException("NAME is required");
    }

    /// <summary>Does it for each name. Of several, one that fails is told and keeps none of the others from being done.</summary>
    /// <returns>An <see cref="ExitCode"/>: that of the first that failed.</returns>
    internal static async Task<int> EachAsync(HostEnvironment environment, IReadOnlyList<string> names, Func<string, Task<int>> act)
    {
        var first = ExitCode.Ok;
        foreach (var name in names)
        {
            var code = await Guard.RunAsync(environment, () => act(name)).ConfigureAwait(false);
            first = first == ExitCode.Ok ? code : first;
            if (code == ExitCode.Cancelled)
            {
                return code;
            }
        }

        return first;
    }

    /// <exception cref="UsageException">A flag that can be true of one name only is given with several.</exception>
    internal static void OnlyWithOne(IReadOnlyList<string> names, string flag, bool given)
    {
        if (given && names.Count > 1)
        {
            throw new UsageException($"{flag} is for one name, and there are {names.Count}: {string.Join(", ", names)}; run the command once for each");
        }
    }
}
