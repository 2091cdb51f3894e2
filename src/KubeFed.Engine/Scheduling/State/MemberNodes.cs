using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>Nodes and pods of members, each read at most once in a run, however many workloads ask.</summary>
internal sealed class MemberNodes
{
    private readonly ConcurrentDictionary<string, Lazy<Task<KubeList?>>> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<KubeList?>>> _pods = new(StringComparer.Ordinal);

    /// <summary>The replicas of a workload the cluster's nodes can hold; null when nothing bounds them, or nothing can be known.</summary>
    /// <param name="member">The member.</param>
    /// <param name="cluster">Its name.</param>
    /// <param name="copy">The workload there.</param>
    /// <param name="shape">Where its type keeps things.</param>
    /// <param name="suspect">Whether the cluster seems full; otherwise all pods are only read when a node is out of use.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    public async Task<long?> RoomAsync(IKubeClient member, string cluster, KubeObject copy, ScaleShape shape, bool suspect, CancellationToken cancellationToken)
    {
        var podSpec = copy.Spec.Map("template").Map("spec");
        if (await ReadAsync(_nodes, member, cluster, KnownResources.Nodes, cancellationToken).ConfigureAwait(false) is not { Items.Count: > 0 } nodes
            || (!suspect && NodeRoom.AllUsable(nodes.Items, podSpec))
            || await ReadAsync(_pods, member, cluster, KnownResources.Pods, cancellationToken).ConfigureAwait(false) is not { } pods)
        {
            return null;
        }

        return NodeRoom.Of([.. nodes.Items], [.. pods.Items], podSpec, WorkloadReader.OwnPods(copy, shape));
    }

    private static Task<KubeList?> ReadAsync(
        ConcurrentDictionary<string, Lazy<Task<KubeList?>>> cache, IKubeClient member, string cluster, ApiResource resource, CancellationToken cancellationToken) =>
        cache.GetOrAdd(cluster, _ => new(() => ListAsync(member, resource, cancellationToken))).Value;

    private static async Task<KubeList?> ListAsync(IKubeClient member, ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            return await member.ListAsync(resource, new ListQuery(), cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsForbidden || error.IsNotFound)
        {
            // The estimate is a courtesy of members that allow it; pending pods tell the rest.
            return null;
        }
    }
}
