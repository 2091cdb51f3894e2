using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api.Validation;

/// <summary>What a FederatedTypeConfig must be like to be stored. Pure.</summary>
/// <remarks>A-40 to A-45 for the object, A-46 for its status.</remarks>
public static class FederatedTypeConfigValidation
{
    public static IReadOnlyList<FieldError> Check(KubeObject config)
    {
        var spec = config.Spec;
        return
        [
            .. Name(config.Name, spec.Map("targetType")),
            .. Resource(spec.Map("targetType"), "spec.targetType"),
            .. FieldChecks.OneOf(spec, "propagation", "spec", FieldChecks.Switch),
            .. DomainResource(spec.Map("federatedType"), "spec.federatedType"),
            .. spec?["statusType"] is null ? [] : DomainResource(spec.Map("statusType"), "spec.statusType"),
            .. spec?["statusCollection"] is null ? [] : FieldChecks.OneOf(spec, "statusCollection", "spec", FieldChecks.Switch),
        ];
    }

    public static IReadOnlyList<FieldError> CheckStatus(KubeObject config)
    {
        var status = config.Status;
        var generation = status.Integer("observedGeneration") ?? 0;
        return
        [
            .. generation >= 0
                ? Array.Empty<FieldError>()
                : [FieldError.Invalid("status.observedGeneration", generation, "must be greater than or equal to 0")],
            .. FieldChecks.OneOf(status, "propagationController", "status", FieldChecks.Running),
            .. status?["statusController"] is null ? [] : FieldChecks.OneOf(status, "statusController", "status", FieldChecks.Running),
        ];
    }

    private static IEnumerable<FieldError> Name(string name, JsonObject? target)
    {
        var group = target.Text("group") ?? string.Empty;
        var wanted = (target.Text("pluralName") ?? string.Empty) + (group.Length == 0 ? string.Empty : $".{group}");
        if (name != wanted)
        {
            yield return FieldError.Invalid("name", name, "name must be 'TARGET_PLURAL_NAME(.TARGET_GROUP_NAME)'");
        }
    }

    /// <summary>A-43: a generated type must live in a group that is a domain.</summary>
    private static IEnumerable<FieldError> DomainResource(JsonObject? resource, string path)
    {
        var group = resource.Text("group") ?? string.Empty;
        if (group.Length == 0)
        {
            yield return FieldError.Required($"{path}.group");
        }
        else if (!group.Contains('.', StringComparison.Ordinal))
        {
            yield return FieldError.Invalid($"{path}.group", group, "should be a domain with at least one dot");
        }

        foreach (var error in Resource(resource, path))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Resource(JsonObject? resource, string path)
    {
        var group = resource.Text("group") ?? string.Empty;
        var kind = resource.Text("kind") ?? string.Empty;
        return
        [
            .. group.Length == 0 ? [] : FieldChecks.Subdomain(group, $"{path}.group"),
            .. FieldChecks.Label(resource.Text("version") ?? string.Empty, $"{path}.version"),
            .. FieldChecks.Label(kind.ToLowerInvariant(), $"{path}.kind", shown: kind),
            .. FieldChecks.Label(resource.Text("pluralName") ?? string.Empty, $"{path}.pluralName"),
            .. FieldChecks.OneOf(resource, "scope", path, FieldChecks.Scopes),
        ];
    }
}
