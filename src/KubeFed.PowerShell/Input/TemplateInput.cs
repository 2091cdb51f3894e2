using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Input;

/// <summary>A template as the user gave it: what it says of kind, name and namespace, and what is left to propagate.</summary>
internal sealed record TemplateInput(GroupVersionKind? Kind, string? Name, string? Namespace, JsonObject Template)
{
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
        return new TemplateInput(kind, name, @namespace, template);
    }
}
