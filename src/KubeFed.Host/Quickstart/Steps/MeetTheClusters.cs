using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Reads versions and makes sure that nothing of the story's is in anyone's way. Writes nothing.</summary>
internal sealed class MeetTheClusters : IStoryStep
{
    public string Title => "Four clusters, no federation yet";

    public string Intent(StoryStage stage) =>
        $"A host and three clusters to be its members. The story plays in a namespace of its own, {StoryStage.Namespace}.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        evidence.Columns("CLUSTER", "ROLE", "KUBERNETES");
        foreach (var cluster in stage.Members.Prepend(stage.Host))
        {
            var version = await stage.Admin(cluster).GetVersionAsync(cancellationToken).ConfigureAwait(false);
            evidence.Row(cluster.Name, cluster == stage.Host ? "host" : "member", version.GitVersion);
            var taken = await stage.ReadAsync(cluster, KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace), cancellationToken)
                .ConfigureAwait(false);
            stage.Before[cluster.Name] = await Traces.FindAsync(stage, cluster, cancellationToken).ConfigureAwait(false);
            evidence.Check(
                $"{cluster.Name} has no namespace {StoryStage.Namespace}",
                taken is null,
                $"it exists already: if an earlier run left it, remove it with kubectl delete namespace {StoryStage.Namespace}");
        }

        evidence.Equal("the four are different API servers", 4, stage.Members.Prepend(stage.Host).Select(c => c.Admin.Server.Authority).Distinct().Count());
        var crd = await stage.ReadAsync(
            stage.Host,
            KnownResources.CustomResourceDefinitions,
            ObjectKey.ClusterScoped(CoreResources.KubeFedClusters.QualifiedName),
            cancellationToken).ConfigureAwait(false);
        evidence.Check(
            $"{stage.Host.Name} is not a KubeFed host yet",
            crd is null,
            $"{CoreResources.KubeFedClusters.QualifiedName} is installed there, and the quickstart would take it away at the end: use a host without KubeFed");
    }
}
