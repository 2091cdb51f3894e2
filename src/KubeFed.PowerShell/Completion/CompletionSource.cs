using System.Collections;
using KubeFed.PowerShell.Commands;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Completion;

/// <summary>What the completers share. Pressing Tab must never throw, never hang and never write.</summary>
internal static class CompletionSource
{
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(1500);

    /// <summary>The connection that the parameters typed so far choose.</summary>
    public static ConnectionChoice Choice(IDictionary bound)
    {
        var current = SessionStore.Default?.Open;
        var files = bound["KubeConfig"] switch
        {
            string one => [one],
            IEnumerable many => many.OfType<object>().Select(path => path.ToString() ?? string.Empty).ToArray(),
            _ => null,
        };
        return new ConnectionChoice(
            files ?? current?.KubeConfig,
            bound["Context"]?.ToString() ?? (files is null ? current?.Name : null),
            bound["KubeFedNamespace"]?.ToString() ?? current?.KubeFedNamespace);
    }

    /// <summary>Names from a server, within a second and a half or not at all.</summary>
    public static IEnumerable<string> Ask(IDictionary bound, Func<Operation, Task<IEnumerable<string>>> ask) => OrNothing(() =>
    {
        using var stop = new CancellationTokenSource(s_budget);
        using var open = SessionOpener.Open(Choice(bound));
        using var mailbox = new PipelineMailbox(TimeProvider.System);
        var asked = Task.Run(() => ask(new Operation(open, mailbox, stop.Token)), stop.Token);
        return ((IAsyncResult)asked).AsyncWaitHandle.WaitOne(s_budget) && asked.IsCompletedSuccessfully ? asked.GetAwaiter().GetResult() : [];
    });

    /// <summary>The federated resources that the parameters typed so far select.</summary>
    public static async Task<IReadOnlyList<EngineResource>> ResourcesAsync(Operation operation, IDictionary bound, IReadOnlyList<string>? names = null)
    {
        var found = new List<EngineResource>();
        var types = Words(bound, "Type") is { Count: > 0 } typed ? typed : null;
        var namespaces = new NamespaceFilter(Words(bound, "Namespace"));
        await ResourceWork.ForEachAsync(operation, types, names is { Count: > 0 } ? names : null, namespaces, labelSelector: null, resource =>
        {
            found.Add(resource);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return found;
    }

    /// <summary>What was typed for a parameter, one word or several.</summary>
    public static IReadOnlyList<string> Words(IDictionary bound, string parameter) => bound[parameter] switch
    {
        string one => [one],
        IEnumerable many => [.. many.OfType<object>().Select(word => word.ToString() ?? string.Empty)],
        _ => [],
    };

    /// <summary>Whatever goes wrong, there is nothing to offer; the command itself will say what is wrong when it runs.</summary>
    public static IEnumerable<string> OrNothing(Func<IEnumerable<string>> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return [];
        }
    }

    /// <summary>The names that go on as the word begins, quoted where PowerShell needs it.</summary>
    public static IEnumerable<CompletionResult> Matching(IEnumerable<string> names, string wordToComplete)
    {
        var word = wordToComplete.Trim('\'', '"');
        return names
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(Quote(name), name, CompletionResultType.ParameterValue, name))
            .ToList();
    }

    private static string Quote(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
