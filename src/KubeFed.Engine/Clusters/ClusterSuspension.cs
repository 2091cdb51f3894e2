using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Suspends clusters and lets them go on: three annotations of the KubeFedCluster, and nothing in the member.</summary>
internal sealed class ClusterSuspension(Federation federation, ChangeLog log)
{
    /// <summary>A cluster that is suspended already keeps the time it was; a reason replaces the one there was, none leaves it.</summary>
    public async Task<MemberCluster> SuspendAsync(string name, string? reason, CancellationToken cancellationToken)
    {
        var cluster = await FindAsync(name, cancellationToken).ConfigureAwait(false);
        var since = cluster.Suspension is { } before ? before.Since : federation.Time.GetUtcNow();
        return await WriteAsync(
            cluster,
            new JsonObject
            {
                [KubeFedNames.SuspendedAnnotation] = "true",
                [KubeFedNames.SuspendedReasonAnnotation] = reason ?? cluster.Suspension?.Reason,
                [KubeFedNames.SuspendedSinceAnnotation] = since is { } time ? Timestamps.Write(time) : null,
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<MemberCluster> ResumeAsync(string name, CancellationToken cancellationToken) => await WriteAsync(
        await FindAsync(name, cancellationToken).ConfigureAwait(false),
        new JsonObject
        {
            [KubeFedNames.SuspendedAnnotation] = null,
            [KubeFedNames.SuspendedReasonAnnotation] = null,
            [KubeFedNames.SuspendedSinceAnnotation] = null,
        },
        cancellationToken).ConfigureAwait(false);

    private async Task<MemberCluster> FindAsync(string name, CancellationToken cancellationToken) =>
        await federation.Clusters.FindAsync(name, cancellationToken).ConfigureAwait(false) ?? throw ClusterErrors.NotFound(federation, name);

    private async Task<MemberCluster> WriteAsync(MemberCluster cluster, JsonObject annotations, CancellationToken cancellationToken)
    {
        var (host, key) = (federation.Options.HostName, cluster.Source.Key);
        if (annotations.All(wanted => cluster.Source.Annotation(wanted.Key) == wanted.Value?.GetValue<string>()))
        {
            log.Add(ChangeKind.Unchanged, host, CoreResources.KubeFedClusters.Kind, key.ToString());
            return cluster;
        }

        log.Add(ChangeKind.Update, host, CoreResources.KubeFedClusters.Kind, key.ToString());
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        if (log.DryRun)
        {
            return MemberClusterReader.Read(new KubeObject((JsonObject)MergePatch.Apply(cluster.Source.Clone().Json, patch)!));
        }

        var stored = await federation.Host.PatchAsync(
            CoreResources.KubeFedClusters,
            key,
            KubePatch.Merge(patch),
            new WriteOptions { FieldManager = KubeFedNames.FieldManager },
            cancellationToken).ConfigureAwait(false);
        return MemberClusterReader.Read(stored);
    }
}
