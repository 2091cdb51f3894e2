using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server checks in workloads, besides their pod templates.</summary>
internal static class WorkloadValidation
{
    private static readonly string[] JobCounts = ["parallelism", "completions", "backoffLimit"];

    public static void Workload(JsonObject value, List<FieldError> errors)
    {
        var spec = value.Child("spec") ?? [];
        if (spec.Number("replicas") is { } replicas and < 0)
        {
            errors.Add(FieldError.Invalid("spec.replicas", JsonValue.Create(replicas), "must be greater than or equal to 0"));
        }

        if (spec.Child("selector") is not { } selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
            errors.Add(FieldError.Invalid(
                "spec.template.metadata.labels", GoText.Map(spec.At("template.metadata.labels") as JsonObject), "`selector` does not match template `labels`", raw: true));
            selector = [];
        }
        else if (selector.Count == 0)
        {
            errors.Add(FieldError.Invalid("spec.selector", "v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}", "empty selector is invalid for deployment", raw: true));
        }

        if (selector.Count > 0)
        {
            PodTemplates.SelectorMatches(selector, spec, errors);
        }

        PodTemplates.Template(spec, errors);
    }

    public static void Job(JsonObject value, List<FieldError> errors, int minor)
    {
        var spec = value.Child("spec") ?? [];
        foreach (var field in JobCounts)
        {
            if (spec.Number(field) is { } number and < 0)
            {
                errors.Add(FieldError.Invalid("spec." + field, JsonValue.Create(number), "must be greater than or equal to 0"));
            }
        }

        if (minor < 24 && spec.At("template.spec").Text("restartPolicy") == "Always")
        {
            PodTemplates.Spec(spec.At("template.spec") as JsonObject ?? [], "spec.template.spec", errors);
            errors.Add(FieldError.Required("spec.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
        }
        else
        {
            PodTemplates.Template(spec, errors, ["OnFailure", "Never"]);
        }
    }

    public static void StatefulSetUpdate(JsonObject before, JsonObject value, List<FieldError> errors)
    {
        var mutable = new[] { "replicas", "template", "updateStrategy", "minReadySeconds", "persistentVolumeClaimRetentionPolicy", "ordinals", "revisionHistoryLimit" };
        var old = (JsonObject)(before.Child("spec") ?? []).DeepClone();
        var next = (JsonObject)(value.Child("spec") ?? []).DeepClone();
        foreach (var field in mutable)
        {
            old.Remove(field);
            next.Remove(field);
        }

        if (!WireJson.Same(old, next))
        {
            errors.Add(FieldError.Forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden"));
        }
    }
}
