using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Host.Cli;

/// <summary>The form <c>-o yaml</c> prints objects in.</summary>
internal static class Manifests
{
    /// <summary>One document, introduced by <c>---</c>.</summary>
    internal static string Write(JsonNode document) => "---\n" + YamlWriter.Write(document);
}
