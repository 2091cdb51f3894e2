using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Input;

/// <summary>A template as the user gave it: what it says of kind, name and namespace, and what is left to propagate.</summary>
internal sealed record TemplateInput(GroupVersionKind? Kind, string? Name, string? Namespace, JsonObject Template)
{
    /// <summary>What a server would make names of, where there is no name.</summary>
    public string? Generated { get; private init; }

    public static TemplateInput From(JsonObject manifest)
    {
        var given = new KubeObject(manifest);
        var kind = given.Kind.Length > 0 ? given.Gvk : (GroupVersionKind?)null;
        var name = given.Name.Length > 0 ? given.Name : null;
        var @namespace = given.Namespace;
        var template = (JsonObject)manifest.DeepClone();
        template.Remove("apiVersion");
        template.Remove("kind");
        template.Remove("status");
        TemplateMetadata.Clean(template);
        return new TemplateInput(kind, name, @namespace, template)
        {
            Generated = given.Json["metadata"]?["generateName"] is JsonValue prefix && prefix.TryGetValue<string>(out var text) ? text : null,
        };
    }
}
