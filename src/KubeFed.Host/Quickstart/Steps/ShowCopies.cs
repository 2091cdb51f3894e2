using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Lists the copies across clusters and compares them with what each member's own API server says.</summary>
internal sealed class ShowCopies : IStoryStep
{
    public string Title => "The copies, across clusters";

    public string Intent(StoryStage stage) => "What each member really holds, asked of its own API server.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        evidence.Columns("KIND", "NAME", "CLUSTER", "CONTENT");
        await ShowAsync(stage, evidence, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
        await ShowAsync(stage, evidence, KnownResources.ConfigMaps, StoryObjects.Features, cancellationToken).ConfigureAwait(false);
        await ShowAsync(stage, evidence, KnownResources.Deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);

        foreach (var member in stage.Members)
        {
            var space = await stage.ReadAsync(member, KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace), cancellationToken)
                .ConfigureAwait(false);
            evidence.Equal($"{member.Name} has the namespace, labelled as managed", "true", space?.Label(KubeFedNames.ManagedLabel));
            var greeting = await stage.ReadAsync(member, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
            evidence.Equal($"{member.Name} has greeting as the host wrote it", "hello from the host", StoryJson.Text(greeting, "data", "message"));
        }

        await CheckWebAsync(stage, evidence, stage.First, "2", StoryObjects.Image, cancellationToken).ConfigureAwait(false);
        await CheckWebAsync(stage, evidence, stage.Second, "5", StoryObjects.OtherImage, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ShowAsync(StoryStage stage, Evidence evidence, ApiResource target, ObjectKey key, CancellationToken cancellationToken)
    {
        var type = await stage.TypeAsync(target, cancellationToken).ConfigureAwait(false);
        var resource = await stage.Federation.Resources.FindAsync(type, key, cancellationToken).ConfigureAwait(false);
        if (resource is null)
        {
            evidence.Check($"the host stores {type.Federated.Kind} {key.Name}", false, "the host has no such object");
            return;
        }

        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var copy in stage.Federation.Resources.CopiesAsync(resource, null, cancellationToken).ConfigureAwait(false))
        {
            rows[copy.Cluster] = copy.Error ?? Content(copy.Object);
        }

        foreach (var (cluster, content) in rows)
        {
            evidence.Row(target.Kind, key.Name, cluster, content);
        }
    }

    private static string Content(KubeObject? copy)
    {
        if (copy is null)
        {
            return "-";
        }

        return copy.Json["data"] is System.Text.Json.Nodes.JsonObject data
            ? string.Join(", ", data.Select(entry => $"{entry.Key}: {entry.Value}"))
            : $"{StoryJson.Replicas(copy)} x {StoryJson.Image(copy)}";
    }

    private static async Task CheckWebAsync(
        StoryStage stage, Evidence evidence, StoryCluster member, string replicas, string image, CancellationToken cancellationToken)
    {
        var web = await stage.ReadAsync(member, KnownResources.Deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);
        evidence.Equal($"{member.Name} runs web {replicas} x {image}", $"{replicas} x {image}", $"{StoryJson.Replicas(web)} x {StoryJson.Image(web)}");
    }
}
