using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>
/// Takes away all the story made, in the order a person would: resources, clusters, types, namespaces, control plane. It also runs after a step failed, so
/// each part works whatever the others left, and what cannot be removed is named.
/// </summary>
internal sealed class PutEverythingBack : IStoryStep
{
    public string Title => "Put everything back";

    public string Intent(StoryStage stage) => "Delete what is federated, unjoin, disable the types, and remove what the first steps installed.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var trouble = new List<string>();
        await TryAsync(() => DeleteResourcesAsync(stage, cancellationToken), trouble).ConfigureAwait(false);
        foreach (var member in stage.Members)
        {
            await TryAsync(() => UnjoinAsync(stage, member, trouble, cancellationToken), trouble).ConfigureAwait(false);
        }

        foreach (var type in EnableTypes.Types)
        {
            await TryAsync(() => DisableAsync(stage, type, cancellationToken), trouble).ConfigureAwait(false);
        }

        foreach (var cluster in stage.Members.Prepend(stage.Host))
        {
            await TryAsync(() => DeleteNamespaceAsync(stage, cluster, cancellationToken), trouble).ConfigureAwait(false);
        }

        await TryAsync(() => UninstallAsync(stage, trouble, cancellationToken), trouble).ConfigureAwait(false);
        evidence.Check("nothing went wrong on the way", trouble.Count == 0, string.Join("; ", trouble));
        await CheckAsync(stage, evidence, cancellationToken).ConfigureAwait(false);
    }

    private static async Task DeleteResourcesAsync(StoryStage stage, CancellationToken cancellationToken)
    {
        var resources = stage.Federation.Resources;
        var mine = new List<FederatedResource>();
        await foreach (var resource in resources.ListAsync(new FederatedQuery { Namespace = StoryStage.Namespace }, cancellationToken).ConfigureAwait(false))
        {
            mine.Add(resource);
        }

        // The namespace goes last: a member that loses it loses all that is in it.
        foreach (var group in mine.GroupBy(r => r.Type.IsNamespaceType).OrderBy(g => g.Key))
        {
            foreach (var resource in group)
            {
                await resources.DeleteAsync(resource.Type, resource.Key, orphan: false, dryRun: false, cancellationToken).ConfigureAwait(false);
            }

            // A namespace that still holds what the federation does not own is kept there by the engine; the administrators' turn comes below.
            await stage.SyncUntilSettledAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task UnjoinAsync(StoryStage stage, StoryCluster member, List<string> trouble, CancellationToken cancellationToken)
    {
        if (await stage.Federation.Clusters.FindAsync(member.Name, cancellationToken).ConfigureAwait(false) is null)
        {
            return;
        }

        var request = new LeaveRequest { Name = member.Name, Member = member.Admin, Policy = LeavePolicy.Keep, Force = true };
        var left = await stage.Federation.Clusters.LeaveAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
        trouble.AddRange(left.LeftBehind.Select(item => $"left in {member.Name}: {item}"));
    }

    private static async Task DisableAsync(StoryStage stage, ApiResource type, CancellationToken cancellationToken)
    {
        var enabled = await stage.Federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        if (enabled.Any(t => t.Name == type.QualifiedName))
        {
            var request = new DisableRequest { Name = type.QualifiedName, DeleteCrd = true };
            await stage.Federation.Types.DisableAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task DeleteNamespaceAsync(StoryStage stage, StoryCluster cluster, CancellationToken cancellationToken) =>
        DeleteAsync(stage, cluster, KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace), cancellationToken);

    /// <summary>The first step saw to it that the host had no KubeFed before, so definitions and all may go.</summary>
    private static async Task UninstallAsync(StoryStage stage, List<string> trouble, CancellationToken cancellationToken)
    {
        var request = new UninstallRequest { Abandon = true, DeleteDefinitions = true };
        var removed = await stage.Federation.ControlPlane.UninstallAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
        trouble.AddRange(removed.LeftBehind.Select(item => $"left: {item}"));
    }

    private static async Task DeleteAsync(StoryStage stage, StoryCluster cluster, ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        if (await stage.ReadAsync(cluster, resource, key, cancellationToken).ConfigureAwait(false) is { IsDeleting: false })
        {
            await stage.Admin(cluster).DeleteAsync(resource, key, DeleteOptions.Default, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CheckAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        foreach (var cluster in stage.Members.Prepend(stage.Host))
        {
            foreach (var name in new[] { StoryStage.Namespace, stage.Federation.SystemNamespace })
            {
                await stage.IsGoneAsync(cluster, KnownResources.Namespaces, ObjectKey.ClusterScoped(name), cancellationToken).ConfigureAwait(false);
            }

            var left = await Traces.FindAsync(stage, cluster, cancellationToken).ConfigureAwait(false);
            var before = stage.Before[cluster.Name];
            evidence.Check($"{cluster.Name} is as it was before", left.SetEquals(before), string.Join(", ", left.Except(before)));
        }
    }

    /// <summary>One part that fails must not keep the others from cleaning up.</summary>
    private static async Task TryAsync(Func<Task> part, List<string> trouble)
    {
        try
        {
            await part().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            trouble.Add(error is FederationException or KubeException ? error.Message : error.ToString());
        }
    }
}
