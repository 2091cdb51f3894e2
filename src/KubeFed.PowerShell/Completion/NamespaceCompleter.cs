using System.Collections;
using System.Management.Automation.Language;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the host's namespaces.</summary>
public sealed class NamespaceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.Ask(fakeBoundParameters, async operation =>
                (await operation.Session.Host.ListAsync(KnownResources.Namespaces, new ListQuery(), operation.Stop).ConfigureAwait(false))
                    .Items.Select(item => item.Name)),
            wordToComplete);
}
