using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Objects;

/// <summary>A label or field selector that can't be read; the message gives the selector, the place and the reason.</summary>
public sealed class SelectorException(string message) : KubeException(message)
{
    /// <summary>One entry per fault, in the API server's wording; a single one for the text form.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [message];
}
