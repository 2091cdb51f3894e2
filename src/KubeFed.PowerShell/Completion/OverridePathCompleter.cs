using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the paths that the resource of -Type, -Name and -Namespace has overrides of.</summary>
public sealed class OverridePathCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
            {
                var names = CompletionSource.Words(fakeBoundParameters, "Name");
                var resources = await CompletionSource.ResourcesAsync(operation, fakeBoundParameters, names).ConfigureAwait(false);
                return resources.SelectMany(OverrideMap.Stored).Select(shown => shown.Path).Where(path => path.Length > 0).Distinct();
            }),
            wordToComplete);
}
