using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>The checks of built-in kinds that a federation meets.</summary>
internal static class KindValidation
{
    private static readonly string[] RoleKinds = ["Role", "ClusterRole"];
    private static readonly string[] TlsKeys = ["tls.crt", "tls.key"];
    private static readonly string[] DataFields = ["data", "binaryData"];
    private static readonly string[] JobCounts = ["parallelism", "completions", "backoffLimit"];

    private static readonly string[] ServiceTypes = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

    public static void Create(ResourceType resource, JsonObject value, List<FieldError> errors, int minor)
    {
        switch (resource.Kind)
        {
            case "ConfigMap":
                ConfigKeys(value, "data", errors);
                ConfigKeys(value, "binaryData", errors);
                break;
            case "Secret":
                ConfigKeys(value, "data", errors);
                Secret(value, errors);
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet":
                Workload(value, errors);
                break;
            case "Job":
                Job(value, errors, minor);
                break;
            case "CronJob":
                PodTemplates.Spec(value.At("spec.jobTemplate.spec.template.spec") as JsonObject ?? [], "spec.jobTemplate.spec.template.spec", errors);
                break;
            case "Pod":
                PodTemplates.Spec(value.Child("spec") ?? [], "spec", errors);
                break;
            case "Service":
                Service(value, errors);
                break;
            case "Ingress":
                Ingress(value, errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                Binding(value, resource.Kind == "ClusterRoleBinding", errors);
                break;
            case "Role" or "ClusterRole":
                Rules(value, errors);
                break;
            case "CustomResourceDefinition":
                DefinitionValidation.Check(value, errors);
                break;
            case "HorizontalPodAutoscaler":
                if ((value.At("spec").Number("maxReplicas") ?? 0) < 1)
                {
                    errors.Add(FieldError.Invalid("spec.maxReplicas", value.At("spec.maxReplicas"), "must be greater than 0"));
                }

                break;
        }
    }

    public static void Update(ResourceType resource, JsonObject before, JsonObject value, List<FieldError> errors)
    {
        switch (resource.Kind)
        {
            case "ConfigMap" or "Secret":
                ImmutableData(before, value, errors);
                if (resource.Kind == "Secret")
                {
                    Immutable("type", before, value, errors);
                }

                break;
            case "Deployment" or "ReplicaSet" or "DaemonSet":
                Immutable("spec.selector", before, value, errors);
                break;
            case "StatefulSet":
                StatefulSet(before, value, errors);
                break;
            case "Job":
                Immutable("spec.selector", before, value, errors);
                Immutable("spec.completions", before, value, errors);
                Immutable("spec.template", before, value, errors);
                break;
            case "Service":
                ServiceAddress(before, value, errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                if (!WireJson.Same(before["roleRef"], value["roleRef"]))
                {
                    errors.Add(FieldError.Invalid("roleRef", GoText.Struct("rbac.RoleRef", value.Child("roleRef"), ["apiGroup", "kind", "name"]), "cannot change roleRef", raw: true));
                }

                break;
            case "CustomResourceDefinition":
                Immutable("spec.group", before, value, errors);
                Immutable("spec.scope", before, value, errors);
                Immutable("spec.names.plural", before, value, errors);
                Immutable("spec.names.kind", before, value, errors);
                break;
            case "PriorityClass":
                Immutable("value", before, value, errors);
                break;
            case "StorageClass":
                Immutable("provisioner", before, value, errors);
                Immutable("parameters", before, value, errors);
                break;
        }
    }

    private static void Immutable(string path, JsonObject before, JsonObject value, List<FieldError> errors)
    {
        if (!WireJson.Same(before.At(path), value.At(path)))
        {
            errors.Add(FieldError.Invalid(path, GoText.Print(path, value.At(path)), "field is immutable", raw: true));
        }
    }

    private static void ConfigKeys(JsonObject value, string field, List<FieldError> errors)
    {
        foreach (var (key, _) in value.Child(field) ?? [])
        {
            if (key.Length > 253 || key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                errors.Add(FieldError.Invalid(
                    $"{field}[{key}]",
                    JsonValue.Create(key),
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"));
            }
        }
    }

    private static void Secret(JsonObject value, List<FieldError> errors)
    {
        var data = value.Child("data");
        switch (value.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                if (string.IsNullOrEmpty((value.At("metadata.annotations") as JsonObject).Text("kubernetes.io/service-account.name")))
                {
                    errors.Add(FieldError.Required("metadata.annotations[kubernetes.io/service-account.name]"));
                }

                break;
            case "kubernetes.io/dockerconfigjson" when data?.ContainsKey(".dockerconfigjson") != true:
                errors.Add(FieldError.Required("data[.dockerconfigjson]"));
                break;
            case "kubernetes.io/tls":
                foreach (var key in TlsKeys.Where(key => data?.ContainsKey(key) != true))
                {
                    errors.Add(FieldError.Required($"data[{key}]"));
                }

                break;
        }
    }

    private static void ImmutableData(JsonObject before, JsonObject value, List<FieldError> errors)
    {
        if (!before.Flag("immutable"))
        {
            return;
        }

        if (!value.Flag("immutable"))
        {
            errors.Add(FieldError.Forbidden("immutable", "field is immutable when `immutable` is set"));
        }

        foreach (var field in DataFields.Where(field => !WireJson.Same(before[field], value[field])))
        {
            errors.Add(FieldError.Forbidden(field, "field is immutable when `immutable` is set"));
        }
    }

    private static void Workload(JsonObject value, List<FieldError> errors)
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

    private static void Job(JsonObject value, List<FieldError> errors, int minor)
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

    private static void StatefulSet(JsonObject before, JsonObject value, List<FieldError> errors)
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

    private static void Service(JsonObject value, List<FieldError> errors)
    {
        var spec = value.Child("spec") ?? [];
        var type = spec.Text("type") ?? string.Empty;
        if (!ServiceTypes.Contains(type))
        {
            errors.Add(FieldError.Unsupported("spec.type", type, ServiceTypes));
        }

        var ports = spec.Items("ports")?.OfType<JsonObject>().ToList() ?? [];
        if (ports.Count == 0 && type != "ExternalName" && spec.Text("clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports.Count > 1 && string.IsNullOrEmpty(ports[i].Text("name")))
            {
                errors.Add(FieldError.Required($"spec.ports[{i}].name"));
            }
            else if (ports[i].Text("name") is { Length: > 0 } name && !seen.Add(name))
            {
                errors.Add(FieldError.Duplicate($"spec.ports[{i}].name", JsonValue.Create(name)));
            }

            if (ports[i].Number("port") is not (> 0 and <= 65535))
            {
                errors.Add(FieldError.Invalid($"spec.ports[{i}].port", ports[i]["port"] ?? JsonValue.Create(0), "must be between 1 and 65535, inclusive"));
            }

            if (WireJson.AsNumber(ports[i]["targetPort"]) is { } target and not (> 0 and <= 65535))
            {
                errors.Add(FieldError.Invalid($"spec.ports[{i}].targetPort", JsonValue.Create(target), "must be between 1 and 65535, inclusive"));
            }
        }

        if (type == "ExternalName" && string.IsNullOrEmpty(spec.Text("externalName")))
        {
            errors.Add(FieldError.Required("spec.externalName"));
        }
    }

    private static void ServiceAddress(JsonObject before, JsonObject value, List<FieldError> errors)
    {
        var old = before.At("spec").Text("clusterIP") ?? string.Empty;
        var next = value.At("spec").Text("clusterIP") ?? string.Empty;
        if (before.At("spec").Text("type") != "ExternalName" && value.At("spec").Text("type") != "ExternalName" && old.Length > 0 && old != next)
        {
            if (next.Length == 0)
            {
                errors.Add(FieldError.Invalid("spec.clusterIPs[0]", "[]string(nil)", "primary clusterIP can not be unset", raw: true));
                return;
            }

            var printed = GoText.Texts([next]);
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", printed, "may not change once set", raw: true));
        }
    }

    private static void Ingress(JsonObject value, List<FieldError> errors)
    {
        var spec = value.Child("spec") ?? [];
        if ((spec.Items("rules")?.Count ?? 0) == 0 && spec.Child("defaultBackend") is null)
        {
            errors.Add(FieldError.Invalid("spec", GoText.EmptySlice("networking.IngressRule"), "either `defaultBackend` or `rules` must be specified", raw: true));
        }

        var rules = spec.Items("rules")?.OfType<JsonObject>().ToList() ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            var paths = (rules[i].At("http.paths") as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
            for (var j = 0; j < paths.Count; j++)
            {
                if (string.IsNullOrEmpty(paths[j].Text("pathType")))
                {
                    errors.Add(FieldError.Required($"spec.rules[{i}].http.paths[{j}].pathType", "pathType must be specified"));
                }
            }
        }
    }

    private static void Binding(JsonObject value, bool isCluster, List<FieldError> errors)
    {
        var role = value.Child("roleRef") ?? [];
        if (role.Text("kind") is not ("Role" or "ClusterRole"))
        {
            errors.Add(FieldError.Unsupported("roleRef.kind", role.Text("kind") ?? string.Empty, RoleKinds));
        }

        if (string.IsNullOrEmpty(role.Text("name")))
        {
            errors.Add(FieldError.Required("roleRef.name"));
        }

        var subjects = value.Items("subjects")?.OfType<JsonObject>().ToList() ?? [];
        for (var i = 0; i < subjects.Count; i++)
        {
            if (string.IsNullOrEmpty(subjects[i].Text("name")))
            {
                errors.Add(FieldError.Required($"subjects[{i}].name"));
            }

            if (isCluster && subjects[i].Text("kind") == "ServiceAccount" && string.IsNullOrEmpty(subjects[i].Text("namespace")))
            {
                errors.Add(FieldError.Required($"subjects[{i}].namespace"));
            }
        }
    }

    private static void Rules(JsonObject value, List<FieldError> errors)
    {
        var rules = value.Items("rules")?.OfType<JsonObject>().ToList() ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            if ((rules[i].Items("verbs")?.Count ?? 0) == 0)
            {
                errors.Add(FieldError.Required($"rules[{i}].verbs", "verbs must contain at least one value"));
            }

            if ((rules[i].Items("nonResourceURLs")?.Count ?? 0) > 0)
            {
                continue;
            }

            if ((rules[i].Items("apiGroups")?.Count ?? 0) == 0)
            {
                errors.Add(FieldError.Required($"rules[{i}].apiGroups", "resource rules must supply at least one api group"));
            }

            if ((rules[i].Items("resources")?.Count ?? 0) == 0)
            {
                errors.Add(FieldError.Required($"rules[{i}].resources", "resource rules must supply at least one resource"));
            }
        }
    }
}
