using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the registered clusters.</summary>
public sealed class ClusterCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
                (await operation.Federation.Clusters.ListAsync(operation.Stop).ConfigureAwait(false)).Select(cluster => cluster.Name)),
            wordToComplete);
}
