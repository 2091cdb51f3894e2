using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>CRDs, system namespace and KubeFedConfig on the host.</summary>
internal sealed class InstallControlPlane : IStoryStep
{
    public string Title => "Install the control plane";

    public string Intent(StoryStage stage) =>
        $"The host's API server is the only store: it gets KubeFed's API types, the namespace {stage.Federation.SystemNamespace} and a KubeFedConfig.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        stage.Touched = true;
        var installed = await stage.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, cancellationToken).ConfigureAwait(false);
        evidence.Columns("OBJECT", "NAME");
        foreach (var change in installed.Changes.Where(c => c is { Kind: ChangeKind.Create, Applied: true }))
        {
            evidence.Row(change.ObjectKind, change.Name);
        }

        var config = await stage.ReadAsync(
            stage.Host,
            CoreResources.KubeFedConfigs,
            new ObjectKey(stage.Federation.SystemNamespace, KubeFedNames.ConfigName),
            cancellationToken).ConfigureAwait(false);
        evidence.Equal("the host stores a KubeFedConfig of cluster scope", "Cluster", StoryJson.Text(config, "spec", "scope"));
        var (again, writes) = await stage.CountWritesAsync(
            () => stage.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, cancellationToken)).ConfigureAwait(false);
        evidence.Check(
            "installing again changes nothing",
            again.Changes.All(c => c.Kind == ChangeKind.Unchanged) && writes[stage.Host.Name] == 0,
            $"{writes[stage.Host.Name]} writes: {string.Join(", ", again.Changes.Where(c => c.Kind != ChangeKind.Unchanged))}");
    }
}
