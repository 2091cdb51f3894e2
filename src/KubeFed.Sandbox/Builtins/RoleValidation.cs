using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server checks in roles and their bindings.</summary>
internal static class RoleValidation
{
    private static readonly string[] RoleKinds = ["Role", "ClusterRole"];

    public static void Binding(JsonObject value, bool isCluster, List<FieldError> errors)
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

    public static void Rules(JsonObject value, List<FieldError> errors)
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
