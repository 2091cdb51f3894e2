using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>Text is not YAML, or uses something that has no JSON form; line and column are in the message, from 1, or 0 where a value has no YAML form.</summary>
public sealed class YamlTextException(string message, long line, long column, Exception? inner = null) : KubeException(message, inner)
{
    public long Line { get; } = line;

    public long Column { get; } = column;
}
