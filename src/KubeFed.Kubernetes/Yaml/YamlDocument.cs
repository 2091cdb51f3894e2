using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>One document of a text: what it stands for, or why it can't be read.</summary>
/// <param name="Number">Its place among the documents that are not empty, from 1.</param>
/// <param name="Line">The line that its content begins in, from 1.</param>
/// <param name="Content">Null where there is a fault.</param>
/// <param name="Fault">Null where it can be read.</param>
public sealed record YamlDocument(int Number, long Line, JsonNode? Content, YamlTextException? Fault)
{
    /// <summary>What of it is not taken as it is written: a key that stands twice, text that no reader gets to. Each says its line and what to do.</summary>
    public IReadOnlyList<YamlTextException> Remarks { get; init; } = [];
}
