using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>
/// Turns objects out of files into federated ones. Type names come from the host when it can be asked, and are guessed when it cannot (P-126).
/// </summary>
/// <remarks>K-62, K-63.</remarks>
internal sealed class ManifestConversion(Federation federation, ManifestRequest request)
{
    private FederatedTypes? _types;
    private bool _unreachable;

    public async IAsyncEnumerable<ConvertedManifest> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var manifest in request.Manifests)
        {
            yield return await ConvertAsync(manifest.Clone(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ConvertedManifest> ConvertAsync(KubeObject manifest, CancellationToken cancellationToken)
    {
        var missing = manifest.Kind.Length == 0 ? "kind" : manifest.ApiVersion.Length == 0 ? "apiVersion" : manifest.Name.Length == 0 ? "metadata.name" : null;
        if (missing is not null)
        {
            return new ConvertedManifest(manifest, null, false, false, new FederationException(
                "InvalidManifest",
                FederationProblem.Invalid,
                manifest.Metadata["generateName"] is { } prefix && missing == "metadata.name"
                    ? $"The {manifest.Kind} has metadata.generateName {prefix.ToJsonString()} and no metadata.name: "
                        + "a federated resource is the same object in every cluster."
                    : $"The manifest of {(manifest.Kind.Length == 0 ? "an object" : manifest.Kind)} \"{manifest.Name}\" has no {missing}.")
            {
                Remedy = missing == "metadata.name" ? "Write a metadata.name." : "Add apiVersion, kind and metadata.name.",
                Target = manifest.Name,
            });
        }

        _types ??= await FederatedTypes.LoadAsync(federation, cancellationToken).ConfigureAwait(false);
        var enabled = _types.Find(manifest.Gvk.Group, manifest.Kind);
        var served = enabled is null ? await DiscoverAsync(manifest.Gvk, cancellationToken).ConfigureAwait(false) : null;
        var guessed = enabled is null && served is null;
        if (guessed || (enabled?.Target ?? served!).Namespaced)
        {
            // What nobody knows is namespaced if somebody says so.
            manifest.Namespace = request.Namespace ?? manifest.Namespace ?? (guessed ? null : request.DefaultNamespace);
        }

        try
        {
            var type = enabled ?? _types.Default(served ?? Guess(manifest));
            return new ConvertedManifest(manifest, federation.Resources.FromTarget(type, manifest, request.Placement), enabled is not null, guessed, null);
        }
        catch (FederationException error)
        {
            return new ConvertedManifest(manifest, null, enabled is not null, guessed, error);
        }
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
