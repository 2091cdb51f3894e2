using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// The clusters that joined with least privilege, and which of them have the right to a type. Their roles follow the enabled types only when they are joined
/// again: an administrator of the member must grant, and the host keeps no administrator's credentials.
/// </summary>
/// <remarks>P-3.</remarks>
internal static class NarrowRoles
{
    /// <summary>Names of clusters whose role does not let the type be written.</summary>
    public static IReadOnlyList<string> Without(IEnumerable<MemberCluster> clusters, ApiResource target) => Names(clusters, record => !Grants(record, target));

    /// <summary>Names of clusters whose role lets the type be written.</summary>
    public static IReadOnlyList<string> With(IEnumerable<MemberCluster> clusters, ApiResource target) => Names(clusters, record => Grants(record, target));

    private static bool Grants(JoinRecord record, ApiResource target) => record.Granted.Contains(target.QualifiedName, StringComparer.Ordinal);

    private static IReadOnlyList<string> Names(IEnumerable<MemberCluster> clusters, Func<JoinRecord, bool> matches) =>
        [.. clusters.Where(cluster => JoinRecord.Of(cluster.Source) is { LeastPrivilege: true } record && matches(record)).Select(cluster => cluster.Name)];
}
