using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>
/// The user roles of a federated group that is not KubeFed's own. The roles an installation brings name four groups; without roles for a fifth, only
/// cluster administrators could use the types in it.
/// </summary>
/// <remarks>K-36, P-121, A-126.</remarks>
internal sealed class GroupRoles(Federation federation)
{
    public static async Task EnsureAsync(ObjectWriter writer, string group, CancellationToken cancellationToken)
    {
        foreach (var role in For(group))
        {
            await writer.EnsureAsync(KnownResources.ClusterRoles, role, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the roles of a type's group when the type was the last one in it, in whichever control plane of the host.</summary>
    public async Task DeleteUnusedAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var roles = For(type.Federated.Group);
        if (roles.Count == 0)
        {
            return;
        }

        var configs = await federation.Host.ListAsync(CoreResources.FederatedTypeConfigs, new ListQuery(), cancellationToken).ConfigureAwait(false);
        var others = configs.Items.Where(config => config.Key != type.Source.Key).Select(FederatedTypeReader.Read);
        if (others.Any(other => other.Federated.Group == type.Federated.Group))
        {
            return;
        }

        foreach (var role in roles)
        {
            await writer.DeleteAsync(KnownResources.ClusterRoles, role.Key, null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>None for the groups an installation names already.</summary>
    public static IReadOnlyList<KubeObject> For(string group)
    {
        return group == KubeFedNames.TypesGroup ? [] : [.. ControlPlaneManifests.UserRoles().Select(Of)];

        KubeObject Of(KubeObject role)
        {
            role.Name = $"{role.Name}:{group}";
            foreach (var rule in role.Json.Maps("rules"))
            {
                rule["apiGroups"] = new JsonArray(JsonValue.Create(group));
            }

            return role;
        }
    }
}
