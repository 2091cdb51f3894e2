using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Reads FederatedTypeConfigs, filling what KubeFed's controllers filled in memory.</summary>
/// <remarks>A-30 to A-37.</remarks>
public static class FederatedTypeReader
{
    public static FederatedType Read(KubeObject source)
    {
        var spec = source.Spec;
        var dot = source.Name.IndexOf('.', StringComparison.Ordinal);
        var target = Resource(
            spec.Map("targetType"),
            plural: dot < 0 ? source.Name : source.Name[..dot],
            group: dot < 0 ? string.Empty : source.Name[(dot + 1)..],
            version: string.Empty);
        var federatedJson = spec.Map("federatedType");
        var federated = Resource(
            federatedJson,
            plural: TypeNames.Pluralise(federatedJson.Text("kind") ?? string.Empty),
            group: KubeFedNames.TypesGroup,
            version: KubeFedNames.TypesVersion);
        var statusJson = spec.Map("statusType");
        return new FederatedType
        {
            Name = source.Name,
            Target = target,

            // the scope of the federated type follows the target's; what is stored is not checked.
            Federated = federated with { Namespaced = target.Namespaced || source.Name == KubeFedNames.NamespacesType },
            StatusType = statusJson is null
                ? null
                : Resource(statusJson, TypeNames.Pluralise(statusJson.Text("kind") ?? string.Empty), federated.Group, federated.Version),
            PropagationEnabled = spec.Text("propagation") == "Enabled",
            StatusCollection = spec.Text("statusCollection") == "Enabled",
            Created = source.CreationTimestamp,
            Source = source,
        };
    }

    private static ApiResource Resource(JsonObject? json, string plural, string group, string version) => new(
        json.NonEmptyText("group") ?? group,
        json.NonEmptyText("version") ?? version,
        json.Text("kind") ?? string.Empty,
        json.NonEmptyText("pluralName") ?? plural,
        Namespaced: json.Text("scope") == "Namespaced");
}
