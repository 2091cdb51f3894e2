using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Host.Commands;

/// <summary>Reads the file <c>enable -f</c> takes.</summary>
/// <remarks>cli.md section 4: apiVersion and kind are not checked.</remarks>
internal static class EnableDirective
{
    internal static EnableRequest Read(string text, string path)
    {
        if (YamlText.ParseAll(text) is not [JsonObject document, ..])
        {
            throw new UsageException($"{path} holds no object; an EnableTypeDirective has at least metadata.name.");
        }

        var name = Text(document["metadata"], "name");
        if (string.IsNullOrEmpty(name))
        {
            throw new UsageException($"{path}: metadata.name is required: it names the type to enable.");
        }

        var spec = document["spec"];
        return new EnableRequest
        {
            Name = name,
            TargetVersion = Text(spec, "targetVersion") is { Length: > 0 } version ? version : null,
            FederatedGroup = Text(spec, "federatedGroup") is { Length: > 0 } group ? group : KubeFedNames.TypesGroup,
            FederatedVersion = Text(spec, "federatedVersion") is { Length: > 0 } federated ? federated : KubeFedNames.TypesVersion,
        };
    }

    private static string? Text(JsonNode? parent, string field) => parent is JsonObject map ? map[field]?.ToString() : null;
}
