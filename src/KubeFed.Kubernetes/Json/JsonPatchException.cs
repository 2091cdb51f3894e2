using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Json;

/// <summary>A patch that is malformed or does not fit the document; the document is left as it was.</summary>
public sealed class JsonPatchException(string message) : KubeException(message)
{
    /// <summary>The position of the offending operation, from 0; -1 when the patch as a whole is malformed.</summary>
    public int Operation { get; init; } = -1;

    /// <summary>The offending operation's <c>path</c>; empty when it has none.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>True when a <c>test</c> did not hold, as against a patch that cannot be carried out.</summary>
    public bool IsTestFailure { get; init; }
}
