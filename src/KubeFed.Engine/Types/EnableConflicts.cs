using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Decides whether a type may be enabled beside those that are.</summary>
/// <remarks>cli.md section 4, execution steps 3 and 4.</remarks>
internal static class EnableConflicts
{
    /// <exception cref="FederationException">
    /// <c>FederatedTypeChanged</c>, <c>EquivalentTypeEnabled</c>, <c>DefinitionNameTaken</c> or <c>TypeBeingDisabled</c>.
    /// </exception>
    public static void Check(ApiResource target, ApiResource federated, IReadOnlyList<FederatedType> enabled, string systemNamespace)
    {
        var name = target.QualifiedName;
        foreach (var type in enabled)
        {
            if (type.Name == name)
            {
                CheckSameType(target, federated, type);
            }
            else if (EquivalentTypes.AreEquivalent(type.Target, target))
            {
                throw Refuse(
                    "EquivalentTypeEnabled",
                    name,
                    $"Failed to enable \"{name}\". Federation of this type is already enabled for equivalent type \"{type.Target.QualifiedName}\" "
                        + $"by FederatedTypeConfig \"{systemNamespace}/{type.Name}\"",
                    $"Use {type.Name}, or run Disable-KubeFedType {type.Name} first.");
            }
            else if (TypeNames.DefinitionName(type.Federated) == TypeNames.DefinitionName(federated))
            {
                throw Refuse(
                    "DefinitionNameTaken",
                    name,
                    $"Failed to enable \"{name}\". The federated type \"{federated.QualifiedName}\" is already used by "
                        + $"FederatedTypeConfig \"{systemNamespace}/{type.Name}\"",
                    $"Choose another federated group, such as {FederatedNames.GroupOf(target)}: equal plurals of different groups collide in one group.");
            }
        }
    }

    private static void CheckSameType(ApiResource target, ApiResource federated, FederatedType type)
    {
        if (type.Source.IsDeleting)
        {
            throw Refuse(
                "TypeBeingDisabled",
                type.Name,
                $"FederatedTypeConfig \"{type.Source.Key}\" is being deleted; its finalizers are {string.Join(", ", type.Source.Finalizers)}.",
                $"Wait until it is gone, or run Disable-KubeFedType {type.Name} to finish what was begun.");
        }

        if (type.Federated != federated)
        {
            throw Refuse(
                "FederatedTypeChanged",
                type.Name,
                $"Federation is already enabled for \"{target.QualifiedName}\" with federated type \"{type.Federated}\". "
                    + $"Changing the federated type to \"{federated}\" is not supported.",
                $"Leave the federated group and version out to keep {type.Federated.QualifiedName}, or run Disable-KubeFedType {type.Name} first.");
        }
    }

    private static FederationException Refuse(string id, string target, string message, string remedy) =>
        new(id, FederationProblem.Refused, message) { Remedy = remedy, Target = target };
}
