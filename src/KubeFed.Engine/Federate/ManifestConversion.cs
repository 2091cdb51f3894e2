using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>
/// Turns objects out of files into federated ones. Type names come from the host when it can be asked, and are guessed when it cannot (P-126).
/// </summary>
/// <remarks>K-62, K-63.</remarks>
internal sealed class ManifestConversion(Federation federation)
{
    private FederatedTypes? _types;
    private bool _unreachable;

    public async Task<ConvertedManifest> ConvertAsync(KubeObject manifest, PlacementSpec placement, CancellationToken cancellationToken)
    {
        if (manifest.ApiVersion.Length == 0 || manifest.Kind.Length == 0)
        {
            throw new FederationException(
                "InvalidManifest",
                FederationProblem.Invalid,
                $"The manifest of \"{manifest.Name}\" has no {(manifest.Kind.Length == 0 ? "kind" : "apiVersion")}.")
            {
                Remedy = "Add apiVersion and kind.",
                Target = manifest.Name,
            };
        }

        _types ??= await FederatedTypes.LoadAsync(federation, cancellationToken).ConfigureAwait(false);
        if (_types.Find(manifest.Gvk.Group, manifest.Kind) is { } enabled)
        {
            return new ConvertedManifest(federation.Resources.FromTarget(enabled, manifest, placement), TypeEnabled: true, Guessed: false);
        }

        var served = await DiscoverAsync(manifest.Gvk, cancellationToken).ConfigureAwait(false);
        var type = _types.Default(served ?? Guess(manifest));
        return new ConvertedManifest(federation.Resources.FromTarget(type, manifest, placement), TypeEnabled: false, Guessed: served is null);
    }

    private static ApiResource Guess(KubeObject manifest) =>
        new(manifest.Gvk.Group, manifest.Gvk.Version, manifest.Kind, TypeNames.Pluralise(manifest.Kind), Namespaced: manifest.Namespace is not null);

    private async Task<ApiResource?> DiscoverAsync(GroupVersionKind kind, CancellationToken cancellationToken)
    {
        if (_unreachable)
        {
            return null;
        }

        try
        {
            return await federation.Host.Discovery.FindAsync(kind, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeConnectionException)
        {
            // Asked once: every further manifest would wait for the same silence.
            _unreachable = true;
            return null;
        }
    }
}
