using KubeFed.Engine;
using KubeFed.Engine.Federate;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>
/// Converts the objects of a file and prints their federated forms; no cluster is asked. One that can't be converted is told and does not end the rest.
/// </summary>
/// <remarks>cli.md section 6, mode C (K-62, K-63). kubefedctl wants a loadable kubeconfig even so; this does not.</remarks>
internal static class FileFederation
{
    internal static async Task<int> RunAsync(HostEnvironment environment, string path, CancellationToken cancellationToken)
    {
        var text = await InputText.ReadAsync(environment, path, cancellationToken).ConfigureAwait(false);
        var sink = new ConsoleSink(environment.Error, verbosity: 0);
        foreach (var entry in Manifest.ReadEach(text, path))
        {
            foreach (var remark in entry.Remarks)
            {
                sink.Warning(remark);
            }

            try
            {
                var federated = Convert(entry);
                await environment.Out.WriteAsync(Manifests.Write(federated.Object.Json)).ConfigureAwait(false);
            }
            catch (Exception error) when (error is FederationException or KubeException)
            {
                sink.Error(error as FederationException ?? new FederationException("InvalidManifest", FederationProblem.Invalid, error.Message, error));
            }
        }

        return sink.Errors == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static Engine.Api.FederatedResource Convert(ManifestEntry entry)
    {
        var target = entry.Value ?? throw entry.Fault!;
        if (target.Name.Length > 0)
        {
            return TargetConversion.Convert(DefaultFederatedType.Of(Guess(target)), target, PlacementSpec.All).ThrowIfFaulty();
        }

        var generated = target.Metadata["generateName"] is { } prefix
            ? $" (but metadata.generateName {prefix.ToJsonString()}): a federated resource is the same object in every cluster"
            : string.Empty;
        var missing = $"{entry.Place} (line {entry.Line}): a {target.Kind} has no metadata.name{generated}.";
        throw new FederationException("InvalidManifest", FederationProblem.Invalid, missing)
        {
            Remedy = "Write a metadata.name.",
        };
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
