using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Chooses the names of a federated type where the request leaves them open. Pure.</summary>
internal static class FederatedNames
{
    /// <summary>
    /// Those the type is enabled with; else KubeFed's own group, unless another enabled type holds the plural or the kind there: then the target's group is
    /// made part of the federated one, which keeps both kinds apart for the server and for kubectl.
    /// </summary>
    /// <remarks>A-90 to A-93, P-121.</remarks>
    public static ApiResource For(ApiResource target, EnableRequest request, IReadOnlyList<FederatedType> enabled)
    {
        var stored = enabled.FirstOrDefault(type => type.Name == target.QualifiedName)?.Federated;
        var version = request.FederatedVersion ?? stored?.Version ?? KubeFedNames.TypesVersion;
        var wanted = TypeNames.Federated(target, request.FederatedGroup ?? stored?.Group ?? KubeFedNames.TypesGroup, version);
        var mayChoose = request.FederatedGroup is null && stored is null;
        return mayChoose && enabled.Any(type => Collides(type.Federated, wanted)) ? wanted with { Group = GroupOf(target) } : wanted;
    }

    /// <summary>A group of its own for the federated types of one target group: <c>example-io.types.kubefed.io</c>.</summary>
    public static string GroupOf(ApiResource target) =>
        $"{(target.Group.Length == 0 ? "core" : target.Group.Replace('.', '-'))}.{KubeFedNames.TypesGroup}";

    private static bool Collides(ApiResource left, ApiResource right) =>
        left.Group == right.Group && (left.Plural == right.Plural || left.Kind == right.Kind);
}
