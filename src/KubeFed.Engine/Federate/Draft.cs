using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>Puts a federated resource together from its parts. Pure.</summary>
/// <remarks>api.md section 8.</remarks>
internal static class Draft
{
    public static FederatedResource From(NewFederatedResource request)
    {
        var key = request.Type.IsNamespaceType && request.Key.Namespace is null ? new ObjectKey(request.Key.Name, request.Key.Name) : request.Key;
        var value = KubeObject.Create(request.Type.Federated, key);
        if (key.Namespace is not null)
        {
            // Also where the type takes none, so that validation sees and names it.
            value.Namespace = key.Namespace;
        }

        foreach (var (name, text) in request.Labels)
        {
            value.SetLabel(name, text);
        }

        var spec = value.Section("spec");
        spec["template"] = Template(request.Template, request.Type.Target);
        spec["placement"] = Placement(request.Placement);
        var resource = new FederatedResource(request.Type, value);
        OverrideEdit.Replace(resource, request.Overrides);
        if (request.RetainReplicas)
        {
            spec["retainReplicas"] = true;
        }

        return resource;
    }

    /// <summary>A whole manifest serves as a template too: what names or describes the stored object is left out.</summary>
    private static JsonObject Template(JsonObject manifest, ApiResource target)
    {
        var template = (JsonObject)manifest.DeepClone();
        template.Remove("status");
        if (template.Text("kind") == target.Kind)
        {
            template.Remove("kind");
        }

        // E-53: another version of the type than the enabled one is a choice to keep.
        if (template.Text("apiVersion") == target.ApiVersion)
        {
            template.Remove("apiVersion");
        }

        TemplateMetadata.Clean(template);
        return template;
    }

    private static JsonObject Placement(PlacementSpec placement)
    {
        var json = new JsonObject();
        if (placement.Clusters is { } clusters)
        {
            json["clusters"] = new JsonArray([.. clusters.Select(JsonNode (name) => new JsonObject { ["name"] = name })]);
        }

        if (placement.Selector is { } selector)
        {
            json["clusterSelector"] = selector.DeepClone();
        }

        return json;
    }
}
