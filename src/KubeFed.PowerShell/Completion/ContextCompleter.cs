using System.Collections;
using System.Management.Automation.Language;

namespace KubeFed.PowerShell.Completion;

/// <summary>Offers the contexts of the kubeconfig.</summary>
public sealed class ContextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionSource.Matching(
            CompletionSource.OrNothing(() => SessionOpener.Load(CompletionSource.Choice(fakeBoundParameters).KubeConfig).Names), wordToComplete);
}
