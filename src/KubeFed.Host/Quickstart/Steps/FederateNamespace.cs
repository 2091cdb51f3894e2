using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Makes a plain namespace on the host and federates it.</summary>
internal sealed class FederateNamespace : IStoryStep
{
    public string Title => "Federate a namespace";

    public string Intent(StoryStage stage) =>
        $"The host has an ordinary namespace, {StoryStage.Namespace}. Its federated form says where it shall exist: "
        + "everywhere. Nothing is sent to a member yet.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var plain = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(StoryStage.Namespace));
        var made = await stage.Admin(stage.Host).CreateAsync(KnownResources.Namespaces, plain, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
        var type = await stage.TypeAsync(KnownResources.Namespaces, cancellationToken).ConfigureAwait(false);
        var draft = stage.Federation.Resources.FromTarget(type, made, PlacementSpec.All);
        var (_, writes) = await stage.CountWritesAsync(
            () => stage.Federation.Resources.CreateAsync(draft, dryRun: false, cancellationToken)).ConfigureAwait(false);
        await Declared.ShowAsync(stage, evidence, type, StoryStage.Key(StoryStage.Namespace), cancellationToken).ConfigureAwait(false);
        evidence.Equal("no member was written to", 0, stage.Members.Sum(m => writes[m.Name]));
    }
}
