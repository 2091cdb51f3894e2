using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the enabled types.</summary>
public sealed class TypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
                (await operation.Federation.Types.ListAsync(operation.Stop).ConfigureAwait(false)).Select(type => type.Name)),
            wordToComplete);
}
