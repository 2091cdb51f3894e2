using KubeFed.Engine.Federate;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>Converts the objects of a file and prints their federated forms; no cluster is asked.</summary>
/// <remarks>cli.md section 6, mode C (K-62, K-63). kubefedctl wants a loadable kubeconfig even so; this does not.</remarks>
internal static class FileFederation
{
    internal static async Task<int> RunAsync(HostEnvironment environment, string path, CancellationToken cancellationToken)
    {
        var text = await InputText.ReadAsync(environment, path, cancellationToken).ConfigureAwait(false);
        foreach (var target in Manifest.Read(text, path))
        {
            if (target.Name.Length == 0)
            {
                throw new UsageException($"{path}: a {target.Kind} has no metadata.name.");
            }

            var resource = Guess(target);
            var federated = TargetConversion.Convert(DefaultFederatedType.Of(resource), target, PlacementSpec.All);
            await environment.Out.WriteAsync(Manifests.Write(federated.Object.Json)).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    /// <remarks>K-63.</remarks>
    private static ApiResource Guess(KubeObject target)
    {
        var kind = target.Kind.ToLowerInvariant();
        var plural = kind[^1] switch
        {
            's' => kind + "es",
            'y' => kind[..^1] + "ies",
            _ => kind + "s",
        };
        return new ApiResource(target.Gvk.Group, target.Gvk.Version, target.Kind, plural, target.Namespace is not null);
    }
}
