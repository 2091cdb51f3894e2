using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Declares a Deployment by label selector with differences for one cluster, and one more ConfigMap for all.</summary>
internal sealed class DeclareResources : IStoryStep
{
    public string Title => "Declare a Deployment for some clusters, and a ConfigMap for all";

    public string Intent(StoryStage stage) =>
        $"Deployment web goes where the label is {StoryObjects.TierLabel}=edge, with 2 replicas; {stage.Second.Name} gets 5 replicas and another image. "
        + "ConfigMap features goes everywhere.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var resources = stage.Federation.Resources;
        var deployments = await stage.TypeAsync(KnownResources.Deployments, cancellationToken).ConfigureAwait(false);
        var web = resources.Draft(new NewFederatedResource
        {
            Type = deployments,
            Key = StoryObjects.Web,
            Template = StoryObjects.WebTemplate(),
            Placement = new PlacementSpec { Selector = new JsonObject { ["matchLabels"] = new JsonObject { [StoryObjects.TierLabel] = "edge" } } },
            Overrides =
            [
                new OverrideEntry(stage.Second.Name, null, "/spec/replicas", 5),
                new OverrideEntry(stage.Second.Name, null, "/spec/template/spec/containers/0/image", StoryObjects.OtherImage),
            ],
        });
        await resources.CreateAsync(web, dryRun: false, cancellationToken).ConfigureAwait(false);

        var configMaps = await stage.TypeAsync(KnownResources.ConfigMaps, cancellationToken).ConfigureAwait(false);
        var features = resources.Draft(new NewFederatedResource
        {
            Type = configMaps,
            Key = StoryObjects.Features,
            Template = new JsonObject { ["data"] = new JsonObject { ["darkMode"] = "on" } },
            Placement = PlacementSpec.All,
        });
        await resources.CreateAsync(features, dryRun: false, cancellationToken).ConfigureAwait(false);

        await Declared.ShowAsync(stage, evidence, deployments, StoryObjects.Web, cancellationToken).ConfigureAwait(false);
        await Declared.ShowAsync(stage, evidence, configMaps, StoryObjects.Features, cancellationToken).ConfigureAwait(false);
    }
}
