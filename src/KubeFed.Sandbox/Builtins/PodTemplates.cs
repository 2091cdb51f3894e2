using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Checks of pod templates and of the selectors that go with them.</summary>
internal static class PodTemplates
{
    public static void SelectorMatches(JsonObject selector, JsonObject spec, List<FieldError> errors)
    {
        var labels = spec.At("template.metadata.labels") as JsonObject;
        try
        {
            var map = (labels ?? []).ToDictionary(label => label.Key, label => labels.Text(label.Key) ?? string.Empty, StringComparer.Ordinal);
            if (!LabelSelector.FromJson(selector).Matches(map))
            {
                errors.Add(FieldError.Invalid(
                    "spec.template.metadata.labels", GoText.Map(labels), "`selector` does not match template `labels`", raw: true));
            }
        }
        catch (SelectorException bad)
        {
            errors.Add(new FieldError("FieldValueInvalid", "Invalid value: " + bad.Message, "spec.selector"));
        }
    }

    public static void Template(JsonObject spec, List<FieldError> errors, IReadOnlyList<string>? restartPolicies = null)
    {
        var pod = spec.At("template.spec") as JsonObject ?? [];
        Spec(pod, "spec.template.spec", errors);
        var policy = pod.Text("restartPolicy") ?? string.Empty;
        var allowed = restartPolicies ?? ["Always"];
        if (policy.Length > 0 && !allowed.Contains(policy))
        {
            errors.Add(FieldError.Unsupported("spec.template.spec.restartPolicy", policy, allowed));
        }
    }

    public static void Spec(JsonObject spec, string path, List<FieldError> errors)
    {
        var containers = spec.Items("containers")?.OfType<JsonObject>().ToList() ?? [];
        if (containers.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".containers"));
        }

        var volumes = spec.Items("volumes")?.OfType<JsonObject>().Select(volume => volume.Text("name") ?? string.Empty).ToHashSet(StringComparer.Ordinal) ?? [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < containers.Count; i++)
        {
            Container(containers[i], $"{path}.containers[{i}]", names, volumes, errors);
        }
    }

    private static void Container(JsonObject container, string path, HashSet<string> names, HashSet<string> volumes, List<FieldError> errors)
    {
        var name = container.Text("name") ?? string.Empty;
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".name"));
        }
        else if (MetadataValidation.NameFaults(NameRule.Label, name).ToList() is { Count: > 0 } faults)
        {
            errors.AddRange(faults.Select(fault => FieldError.Invalid(path + ".name", JsonValue.Create(name), fault)));
        }
        else if (!names.Add(name))
        {
            errors.Add(FieldError.Duplicate(path + ".name", JsonValue.Create(name)));
        }

        if (string.IsNullOrEmpty(container.Text("image")))
        {
            errors.Add(FieldError.Required(path + ".image"));
        }

        var ports = container.Items("ports")?.OfType<JsonObject>().ToList() ?? [];
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Number("containerPort") is 0)
            {
                errors.Add(FieldError.Required($"{path}.ports[{i}].containerPort"));
            }
            else if (ports[i].Number("containerPort") is not (> 0 and <= 65535))
            {
                errors.Add(FieldError.Invalid($"{path}.ports[{i}].containerPort", ports[i]["containerPort"], "must be between 1 and 65535, inclusive"));
            }
        }

        var mounts = container.Items("volumeMounts")?.OfType<JsonObject>().ToList() ?? [];
        for (var i = 0; i < mounts.Count; i++)
        {
            if (mounts[i].Text("name") is { } mounted && !volumes.Contains(mounted))
            {
                errors.Add(FieldError.NotFound($"{path}.volumeMounts[{i}].name", mounted));
            }
        }
    }
}
