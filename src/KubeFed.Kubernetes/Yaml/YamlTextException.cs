using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Text is not YAML, or uses something that has no JSON form; the message gives line and column, both from 1; both are 0 where a value has no YAML form.</summary>
public sealed class YamlTextException(string message, long line, long column, Exception? inner = null) : KubeException(message, inner)
{
    public long Line { get; } = line;

    public long Column { get; } = column;
}
