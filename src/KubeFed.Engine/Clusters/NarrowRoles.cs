using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Keeps the roles of clusters that joined with least privilege to what the enabled types take. Only an administrator of the member can grant, and the host
/// keeps no administrator's credentials; so it is done where whoever opened the federation has them, by joining again, and warned of elsewhere.
/// </summary>
/// <remarks>P-3.</remarks>
internal sealed class NarrowRoles(Federation federation, ChangeLog log, IEngineSink sink)
{
    /// <summary>After enabling: the type may be written wherever it could not be yet.</summary>
    /// <param name="target">The enabled type.</param>
    /// <param name="targets">All types that are enabled now, this one included.</param>
    /// <param name="cancellationToken">Stops it between two clusters.</param>
    public Task ExtendAsync(ApiResource target, IReadOnlyList<ApiResource> targets, CancellationToken cancellationToken) =>
        FollowAsync(target, targets, grants: false, "may not write {0} yet", "it extends their roles to the types enabled now", cancellationToken);

    /// <summary>After disabling: the type may be written nowhere.</summary>
    /// <param name="target">The disabled type.</param>
    /// <param name="targets">All types that are still enabled.</param>
    /// <param name="cancellationToken">Stops it between two clusters.</param>
    public Task NarrowAsync(ApiResource target, IReadOnlyList<ApiResource> targets, CancellationToken cancellationToken) =>
        FollowAsync(target, targets, grants: true, "may still write {0}", "it narrows their roles to the types enabled now", cancellationToken);

    private async Task FollowAsync(
        ApiResource target, IReadOnlyList<ApiResource> targets, bool grants, string state, string effect, CancellationToken cancellationToken)
    {
        var left = new List<string>();
        var reasons = new List<string>();
        foreach (var cluster in await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (JoinRecord.Of(cluster.Source) is not { LeastPrivilege: true } record
                || record.Granted.Contains(target.QualifiedName, StringComparer.Ordinal) != grants)
            {
                continue;
            }

            try
            {
                if (!await TryJoinAgainAsync(cluster, record, targets, cancellationToken).ConfigureAwait(false))
                {
                    left.Add(cluster.Name);
                }
            }
            catch (Exception error) when (error is KubeException or FederationException)
            {
                // Enabling a type must not fail for a member that can't be reached; what is still to be done there is said.
                left.Add(cluster.Name);
                reasons.Add($" {cluster.Name}: {error.Message}");
            }
        }

        if (left.Count > 0)
        {
            var names = string.Join(", ", left);
            sink.Warning(
                $"{names} joined with least privilege and {string.Format(null, state, target.QualifiedName)}. "
                    + $"Run Join-KubeFedCluster {names} with administrators' contexts: {effect}.{string.Concat(reasons)}");
        }
    }

    private async Task<bool> TryJoinAgainAsync(
        MemberCluster cluster, JoinRecord record, IReadOnlyList<ApiResource> targets, CancellationToken cancellationToken)
    {
        if (federation.Options.Administrators(record.Context ?? cluster.Name) is not { } administrator)
        {
            return false;
        }

        var request = new JoinRequest { Name = cluster.Name, Member = administrator, RoleTargets = targets, DryRun = log.DryRun };
        var joined = await federation.Clusters.JoinAsync(request, sink, cancellationToken).ConfigureAwait(false);
        log.Take(joined.Changes.Where(change => change.Kind != ChangeKind.Unchanged));
        return true;
    }
}
