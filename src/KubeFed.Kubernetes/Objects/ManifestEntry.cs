using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Objects;

/// <summary>One object of a text, or what is there in its place.</summary>
/// <param name="Place">What to call it: <c>x.yaml: document 2</c>, <c>x.yaml: the document: items[3]</c>.</param>
/// <param name="Line">The line that its document begins in, from 1.</param>
/// <param name="Value">Null where there is a fault.</param>
/// <param name="Fault">Null where it can be read; else names file, document and line.</param>
public sealed record ManifestEntry(string Place, long Line, KubeObject? Value, YamlTextException? Fault)
{
    /// <summary>What of it is not taken as it is written, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
