using KubeFed.Engine;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Makes three API types federated.</summary>
internal sealed class EnableTypes : IStoryStep
{
    /// <summary>In the order they are enabled.</summary>
    internal static IReadOnlyList<ApiResource> Types { get; } = [KnownResources.Namespaces, KnownResources.ConfigMaps, KnownResources.Deployments];

    public string Title => "Enable three API types";

    public string Intent(StoryStage stage) =>
        "Enabling a type makes a Federated<Kind> API on the host. It works for any type a server offers, custom ones included.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        evidence.Columns("TYPE", "FEDERATED AS", "DEFINED BY");
        foreach (var type in Types)
        {
            var request = new EnableRequest { Name = type.QualifiedName };
            var enabled = await stage.Federation.Types.EnableAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
            var definition = enabled.CustomResourceDefinition.Name;
            evidence.Row(enabled.Type.Name, enabled.Type.Federated.Kind, definition);
            await stage.Admin(stage.Host)
                .ListAsync(enabled.Type.Federated, new Kubernetes.Client.ListQuery { Namespace = stage.Federation.SystemNamespace }, cancellationToken)
                .ConfigureAwait(false);
            evidence.Check(
                $"the host serves {enabled.Type.Federated.QualifiedName}",
                await stage.Admin(stage.Host).Discovery.FindAsync(enabled.Type.Federated.Gvk, cancellationToken).ConfigureAwait(false) is not null,
                "discovery does not show it");
        }
    }
}
