using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the names of the federated resources that -Type and -Namespace select.</summary>
public sealed class ResourceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
                (await CompletionSource.ResourcesAsync(operation, fakeBoundParameters).ConfigureAwait(false)).Select(resource => resource.Key.Name).Distinct()),
            wordToComplete);
}
