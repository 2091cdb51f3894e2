using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Input;

/// <summary>A template as the user gave it: what it says of kind, name and namespace, and what is left to propagate.</summary>
internal sealed record TemplateInput(GroupVersionKind? Kind, string? Name, string? Namespace, JsonObject Template)
{
    // What a server or the federation fills in; carried into a template it would be written over the members' own.
    private static readonly string[] s_serverMetadata =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "selfLink", "managedFields", "ownerReferences",
        "finalizers",
    ];

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
        if (template["metadata"] is JsonObject metadata)
        {
            foreach (var field in s_serverMetadata)
            {
                metadata.Remove(field);
            }

            if (metadata.Count == 0)
            {
                template.Remove("metadata");
            }
        }

        return new TemplateInput(kind, name, @namespace, template);
    }
}
