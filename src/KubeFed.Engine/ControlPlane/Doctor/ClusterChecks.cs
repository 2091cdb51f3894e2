using System.Globalization;
using System.Net;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>What can be wrong with a registered cluster.</summary>
internal static class ClusterChecks
{
    public static IEnumerable<Finding> All(Examined examined) =>
        [.. examined.Clusters.SelectMany(cluster => Each(cluster, examined.Types, examined.Now)), .. Duplicates(examined), .. Skew(examined)];

    /// <summary>What is wrong with one cluster, looked at by itself.</summary>
    public static IEnumerable<Finding> Each(ExaminedCluster examinedCluster, IReadOnlyList<FederatedType> types, DateTimeOffset now)
    {
        var cluster = examinedCluster.Cluster;
        var subject = $"cluster {cluster.Name}";
        foreach (var error in KubeFedClusterValidation.Check(cluster.Source))
        {
            yield return Finding.Error("ClusterInvalid", subject, error.ToString(), "Correct the field, or join the cluster again.");
        }

        foreach (var finding in Credentials(examinedCluster, subject, now).Concat(Transport(cluster, subject)))
        {
            yield return finding;
        }

        if (examinedCluster.Health is { Ready: false } health)
        {
            yield return Finding.Error(
                health.Reachable ? "ClusterNotReady" : "ClusterUnreachable",
                subject,
                health.Message,
                "Look at the cluster's API server, and at endpoint and credentials here.");
        }

        if (cluster.Suspension is { } suspension)
        {
            yield return Finding.Information(
                "ClusterSuspended",
                subject,
                $"It is {suspension}: a sync neither asks nor writes to it, and deletions wait for it.",
                $"Run Resume-KubeFedCluster {cluster.Name} once it may be written to again.");
        }

        if (cluster.Source.IsDeleting)
        {
            yield return Finding.Warning(
                "ClusterDeleting",
                subject,
                "Its registration is being deleted.",
                "Run Remove-KubeFedCluster to finish what was begun.");
        }

        if (JoinRecord.Of(cluster.Source) is not { } record)
        {
            // K-24
            yield return Finding.Information(
                "ClusterWithoutRecord",
                subject,
                "It was joined by another tool, so what its join made there is known by name only.",
                "Join it again to have it recorded.");
        }
        else if (record is { LeastPrivilege: false, ServiceAccount.Length: > 0 })
        {
            // P-3
            yield return Finding.Information(
                "BroadRole", subject, "Its service account may do everything there.", "Join it again with least privilege.");
        }

        // Propagation that is merely switched off keeps its right: it may be switched on again.
        var enabled = types.Select(type => type.Target.QualifiedName).ToHashSet(StringComparer.Ordinal);
        var former = JoinRecord.Of(cluster.Source)?.Granted.Where(type => !enabled.Contains(type)).ToList() ?? [];
        if (former.Count > 0)
        {
            // P-3
            yield return Finding.Information(
                "RoleWider",
                subject,
                $"Its service account may still write {string.Join(", ", former)}, which is no longer federated.",
                $"Run Join-KubeFedCluster {cluster.Name} again with an administrator's context: it narrows the role to the types enabled now.");
        }

        foreach (var (resource, verbs) in examinedCluster.Refused.OrderBy(pair => pair.Key.QualifiedName, StringComparer.Ordinal))
        {
            // P-3
            yield return Finding.Error(
                "PermissionMissing",
                subject,
                $"Its stored credentials may not {string.Join(", ", verbs)} {resource.QualifiedName}, which is federated.",
                $"Run Join-KubeFedCluster {cluster.Name} again with an administrator's context: it extends the role to the types enabled now.");
        }

        foreach (var finding in Served(examinedCluster, subject, types))
        {
            yield return finding;
        }
    }

    /// <summary>P-49, P-53: the types that are federated and not served there, or not in that version.</summary>
    private static IEnumerable<Finding> Served(ExaminedCluster examined, string subject, IEnumerable<FederatedType> types)
    {
        foreach (var target in types.Where(type => type.PropagationEnabled).Select(type => type.Target))
        {
            if (examined.Served is not { } served || served.Contains(target.ToString()))
            {
                continue;
            }

            var others = served.Where(name => name.StartsWith(target.QualifiedName + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            yield return others.Count == 0
                ? Finding.Warning(
                    "TypeNotServed",
                    subject,
                    $"It does not serve {target}, which is federated.",
                    "Install the type's definition there, or keep its resources elsewhere.")
                : Finding.Information(
                    "TypeServedOtherwise",
                    subject,
                    $"It serves {string.Join(", ", others)} and not {target}, which is federated; its copies are written in the version it serves.",
                    "Fields are not converted: where the versions differ, override them for this cluster, or upgrade it.");
        }
    }

    private static IEnumerable<Finding> Credentials(ExaminedCluster examined, string subject, DateTimeOffset now)
    {
        var name = examined.Cluster.SecretName;
        if (name.Length == 0)
        {
            yield break;
        }

        if (examined.Secret is null)
        {
            yield return Finding.Error("SecretMissing", subject, $"Its Secret {name} does not exist.", "Join it again.");
        }
        else if (MemberConnections.DecodeToken(examined.Secret) is not { } token)
        {
            yield return Finding.Error("TokenMissing", subject, $"Its Secret {name} has no usable token.", "Join it again.");
        }
        else if (TokenLife.Of(token) is { } life && life.IsShort(now))
        {
            var when = life.End.ToString("u", CultureInfo.InvariantCulture);
            yield return life.End <= now
                ? Finding.Error(
                    "TokenExpired",
                    subject,
                    $"Its token expired at {when}.",
                    $"Run Join-KubeFedCluster {examined.Cluster.Name} with an administrator's context.")
                : Finding.Warning(
                    "TokenExpiresSoon",
                    subject,
                    $"Its token expires at {when}.",
                    $"Run Set-KubeFedCluster {examined.Cluster.Name} -RenewCredential before then.");
        }
    }

    private static IEnumerable<Finding> Transport(MemberCluster cluster, string subject)
    {
        if (cluster.TlsChecksDisabled.HasFlag(TlsChecksDisabled.All))
        {
            yield return Finding.Warning(
                "TlsUnverified",
                subject,
                "Its server certificate is not verified.",
                "Record its CA by joining again, and clear disabledTLSValidations.");
        }
        else if (cluster is { TlsChecksDisabled: not TlsChecksDisabled.None, CaBundle: null })
        {
            // E-153
            yield return Finding.Warning(
                "TlsUnverifiedByKubeFed",
                subject,
                "A TLS check is disabled and no CA is recorded: a KubeFed controller then verifies nothing at all.",
                "Record its CA by joining again.");
        }

        if (ApiEndpoint.TryParse(cluster.ApiEndpoint, out var server, out _))
        {
            if (server.Scheme == "http" && !server.Host.EndsWith(".sandbox.invalid", StringComparison.Ordinal))
            {
                yield return Finding.Warning("PlainHttp", subject, $"{cluster.ApiEndpoint} sends the token in clear text.", "Use an https endpoint.");
            }

            // P-12
            if (server.IsLoopback || (IPAddress.TryParse(server.Host, out var address) && IPAddress.IsLoopback(address)))
            {
                yield return Finding.Warning(
                    "LoopbackEndpoint",
                    subject,
                    $"{cluster.ApiEndpoint} means this machine, wherever it is read.",
                    "Join it again with an ApiEndpoint that the control plane reaches.");
            }
        }
    }

    /// <summary>P-16.</summary>
    private static IEnumerable<Finding> Duplicates(Examined examined)
    {
        var clusters = examined.Clusters.Select(cluster => cluster.Cluster).ToList();
        var byUid = clusters.GroupBy(cluster => cluster.Source.Annotation(JoinRecord.ClusterUidAnnotation) ?? $"?{cluster.Name}");
        var byEndpoint = clusters.GroupBy(cluster => cluster.ApiEndpoint.TrimEnd('/'));
        var shared = byUid.Concat(byEndpoint).Where(group => group.Count() > 1).Select(group => string.Join(", ", group.Select(cluster => cluster.Name)));
        foreach (var names in shared.Distinct())
        {
            yield return Finding.Error(
                "ClusterTwice",
                $"clusters {names}",
                "They are the same cluster, so each copy is written twice and fought over.",
                "Remove all registrations but one.");
        }
    }

    private static IEnumerable<Finding> Skew(Examined examined)
    {
        var minors = examined.Clusters
            .Select(cluster => (cluster.Cluster.Name, cluster.Cluster.Minor))
            .Where(pair => pair.Minor is not null)
            .OrderBy(pair => pair.Minor)
            .ToList();
        if (minors.Count > 1 && minors[^1].Minor - minors[0].Minor > 3)
        {
            yield return Finding.Information(
                "VersionSkew",
                "clusters",
                $"{minors[0].Name} runs Kubernetes 1.{minors[0].Minor} and {minors[^1].Name} 1.{minors[^1].Minor}: templates must suit both.",
                "Override apiVersion or fields for the older clusters where they differ.");
        }
    }
}
