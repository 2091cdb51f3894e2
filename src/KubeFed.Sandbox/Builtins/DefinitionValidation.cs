using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Checks a CustomResourceDefinition: its name, its names, its versions and that every schema is structural enough to serve.</summary>
internal static class DefinitionValidation
{
    public static void Check(JsonObject crd, List<FieldError> errors)
    {
        var spec = crd.Child("spec") ?? [];
        var group = spec.Text("group") ?? string.Empty;
        var names = spec.Child("names") ?? [];
        var plural = names.Text("plural") ?? string.Empty;
        if (group.Length == 0)
        {
            errors.Add(FieldError.Required("spec.group"));
        }
        else if (!group.Contains('.', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid("spec.group", JsonValue.Create(group), "should be a domain with at least one dot"));
        }

        if (crd.At("metadata").Text("name") is { } name && name != $"{plural}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", JsonValue.Create(name), "must be spec.names.plural+\".\"+spec.group"));
        }

        Scope(spec, errors);
        Names(names, errors);
        Versions(spec, errors);
    }

    private static void Scope(JsonObject spec, List<FieldError> errors)
    {
        var scope = spec.Text("scope") ?? string.Empty;
        if (scope.Length == 0)
        {
            errors.Add(FieldError.Required("spec.scope"));
        }
        else if (scope is not ("Cluster" or "Namespaced"))
        {
            errors.Add(FieldError.Unsupported("spec.scope", scope, ["Cluster", "Namespaced"]));
        }
    }

    private static void Names(JsonObject names, List<FieldError> errors)
    {
        foreach (var field in new[] { "plural", "singular", "kind", "listKind" })
        {
            var text = names.Text(field) ?? string.Empty;
            if (text.Length == 0)
            {
                errors.Add(FieldError.Required("spec.names." + field));
            }
            else if (MetadataValidation.NameFaults(NameRule.Label1035, text.ToLowerInvariant()).FirstOrDefault() is { } fault)
            {
                var detail = field is "kind" or "listKind" ? "may have mixed case, but should otherwise match: " + fault : fault;
                errors.Add(FieldError.Invalid("spec.names." + field, JsonValue.Create(text), detail));
            }
        }

        if (names.Text("kind") is { Length: > 0 } kind && kind == names.Text("listKind"))
        {
            errors.Add(FieldError.Invalid("spec.names.listKind", JsonValue.Create(kind), "kind and listKind may not be the same"));
        }
    }

    private static void Versions(JsonObject spec, List<FieldError> errors)
    {
        var versions = spec.Items("versions")?.OfType<JsonObject>().ToList() ?? [];
        var storage = versions.Count(version => version.Flag("storage"));
        if (versions.Count == 0)
        {
            errors.Add(new FieldError("FieldValueInvalid", "Invalid value: []apiextensions.CustomResourceDefinitionVersion(nil): must have exactly one version marked as storage version", "spec.versions"));
        }
        else if (storage != 1)
        {
            errors.Add(new FieldError("FieldValueInvalid", "Invalid value: must have exactly one version marked as storage version", "spec.versions"));
        }

        for (var i = 0; i < versions.Count; i++)
        {
            var path = $"spec.versions[{i}].schema.openAPIV3Schema";
            var inside = versions.Count == 1 ? "spec.validation.openAPIV3Schema" : path;
            if (versions[i].At("schema.openAPIV3Schema") is not JsonObject schema)
            {
                errors.Add(FieldError.Required(path, "schemas are required"));
            }
            else
            {
                Structural(schema, inside, errors, isRoot: true);
            }
        }
    }

    private static void Structural(JsonObject schema, string path, List<FieldError> errors, bool isRoot = false)
    {
        var type = schema.Text("type") ?? string.Empty;
        if (type.Length == 0 && !schema.Flag("x-kubernetes-int-or-string") && !schema.Flag("x-kubernetes-preserve-unknown-fields"))
        {
            errors.Add(FieldError.Required(path + ".type", isRoot ? "must not be empty at the root" : "must not be empty for specified object fields"));
        }
        else if (isRoot && type != "object")
        {
            errors.Add(FieldError.Invalid(path + ".type", JsonValue.Create(type), "must be object at the root"));
        }

        if (type == "array" && schema.Child("items") is null)
        {
            errors.Add(FieldError.Required(path + ".items", "must be specified"));
        }

        foreach (var (name, property) in schema.Child("properties") ?? [])
        {
            if (property is JsonObject declared && !(isRoot && name is ("metadata" or "apiVersion" or "kind")))
            {
                Structural(declared, $"{path}.properties[{name}]", errors);
            }
        }

        if (schema.Child("items") is { } items)
        {
            Structural(items, path + ".items", errors);
        }

        if (schema.Child("additionalProperties") is { } additional)
        {
            Structural(additional, path + ".additionalProperties", errors);
        }
    }
}
