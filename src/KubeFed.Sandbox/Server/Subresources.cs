using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Server;

/// <summary>Which part of an object each endpoint may change.</summary>
internal static class Subresources
{
    /// <summary>The object to store when a client that sees <paramref name="current"/> asks for <paramref name="wanted"/> at an endpoint.</summary>
    public static JsonObject Merge(ResourceType resource, string subresource, JsonObject current, JsonObject wanted)
    {
        if (subresource == "status")
        {
            return MergeStatus(resource, current, wanted);
        }

        if (resource.HasStatus && subresource.Length == 0)
        {
            Copy("status", current, wanted);
        }

        if (resource is { IsCore: true, Kind: "Namespace" } && subresource.Length == 0)
        {
            // Only the finalize endpoint takes a namespace's finalizers away.
            Copy("spec", current, wanted);
        }

        return wanted;
    }

    /// <summary>An <c>autoscaling/v1</c> Scale of an object.</summary>
    public static JsonObject Scale(ResourceType resource, JsonObject value)
    {
        var paths = resource.Scale ?? throw Errors.NoSuchPath();
        var metadata = new JsonObject();
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            if (value.At("metadata." + field) is { } held)
            {
                metadata[field] = held.DeepClone();
            }
        }

        var spec = new JsonObject();
        if (WireJson.AsNumber(value.At(paths.SpecReplicas)) is { } wanted and not 0)
        {
            spec["replicas"] = wanted;
        }

        var status = new JsonObject { ["replicas"] = WireJson.AsNumber(value.At(paths.StatusReplicas)) ?? 0 };
        var selector = resource.IsCustom ? Text(paths.LabelSelector, value) : SelectorText(value.At("spec.selector"));
        if (selector.Length > 0)
        {
            status["selector"] = selector;
        }

        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    /// <summary>Writes the replicas of a Scale into an object.</summary>
    public static void SetReplicas(ResourceType resource, JsonObject value, JsonObject scale)
    {
        var steps = (resource.Scale ?? throw Errors.NoSuchPath()).SpecReplicas.Split('.');
        var target = value;
        foreach (var step in steps[..^1])
        {
            target = target.Ensure(step);
        }

        target[steps[^1]] = WireJson.AsNumber(scale.At("spec.replicas")) ?? 0;
    }

    private static string Text(string? path, JsonObject value) => path is not null && value.At(path) is JsonValue text && text.TryGetValue<string>(out var held) ? held : string.Empty;

    private static string SelectorText(JsonNode? selector)
    {
        if (selector is not JsonObject)
        {
            return string.Empty;
        }

        return Kubernetes.Objects.LabelSelector.FromJson(selector).ToString();
    }

    private static JsonObject MergeStatus(ResourceType resource, JsonObject current, JsonObject wanted)
    {
        if (resource.IsCustom)
        {
            var next = (JsonObject)current.DeepClone();
            Copy("status", wanted, next);
            var metadata = next.Ensure("metadata");
            metadata.Remove("managedFields");
            if (wanted.Child("metadata")?.Items("managedFields") is { } managed)
            {
                metadata["managedFields"] = managed.DeepClone();
            }

            return next;
        }

        Copy("spec", current, wanted);
        if (resource.Group is "apps" or "batch")
        {
            Copy("labels", current.Ensure("metadata"), wanted.Ensure("metadata"));
        }

        return wanted;
    }

    private static void Copy(string member, JsonObject from, JsonObject to)
    {
        to.Remove(member);
        if (from.TryGetPropertyValue(member, out var value))
        {
            to[member] = value?.DeepClone();
        }
    }
}
