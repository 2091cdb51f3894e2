using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Federates an object that is already there.</summary>
internal sealed class FederateConfigMap : IStoryStep
{
    public string Title => "Federate an existing ConfigMap";

    public string Intent(StoryStage stage) => "A ConfigMap that lives on the host becomes the template of a FederatedConfigMap. The original is left as it is.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var plain = StoryObjects.ConfigMap(StoryObjects.Greeting, "message", "hello from the host");
        var made = await stage.Admin(stage.Host).CreateAsync(KnownResources.ConfigMaps, plain, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
        var type = await stage.TypeAsync(KnownResources.ConfigMaps, cancellationToken).ConfigureAwait(false);
        var draft = stage.Federation.Resources.FromTarget(type, made, PlacementSpec.All);
        await stage.Federation.Resources.CreateAsync(draft, dryRun: false, cancellationToken).ConfigureAwait(false);
        await Declared.ShowAsync(stage, evidence, type, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);

        var stored = await stage.ReadAsync(stage.Host, type.Federated, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
        evidence.Equal("its template holds the data", "hello from the host", StoryJson.Text(stored, "spec", "template", "data", "message"));
        var original = await stage.ReadAsync(stage.Host, KnownResources.ConfigMaps, StoryObjects.Greeting, cancellationToken).ConfigureAwait(false);
        evidence.Equal("the original was not written to", made.ResourceVersion, original?.ResourceVersion);
    }
}
