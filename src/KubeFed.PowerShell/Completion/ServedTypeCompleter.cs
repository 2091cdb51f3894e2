using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the types the host serves and a federation can propagate.</summary>
public sealed class ServedTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
                (await operation.Session.Host.Discovery.GetPreferredAsync(operation.Stop).ConfigureAwait(false)).Resources
                    .Where(type => !type.Group.EndsWith("kubefed.io", StringComparison.Ordinal)
                        && (type.Verbs.Count == 0 || (type.Verbs.Contains("create") && type.Verbs.Contains("list"))))
                    .Select(type => type.QualifiedName)),
            wordToComplete);
}
