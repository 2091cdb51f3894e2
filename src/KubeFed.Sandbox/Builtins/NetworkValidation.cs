using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server checks in Services and Ingresses.</summary>
internal static class NetworkValidation
{
    private static readonly string[] ServiceTypes = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

    public static void Service(JsonObject value, List<FieldError> errors)
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

    public static void ServiceAddressUpdate(JsonObject before, JsonObject value, List<FieldError> errors)
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

    public static void Ingress(JsonObject value, List<FieldError> errors)
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
}
