using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>Federates one object that the host serves.</summary>
/// <remarks>cli.md section 6, mode A (K-50 to K-52).</remarks>
internal sealed class HostFederation(HostEnvironment environment, HostConnection host)
{
    internal async Task<int> RunAsync(FederateRequest request, CancellationToken cancellationToken)
    {
        var federation = host.Federation;
        var target = await federation.Host.Discovery.ResolveAsync(request.TypeName, null, cancellationToken).ConfigureAwait(false);
        var enabled = await FindTypeAsync(target, request.Yaml, cancellationToken).ConfigureAwait(false);
        if (enabled is null && !request.Yaml && !request.EnableType)
        {
            throw new FederationException(
                "TypeNotEnabled",
                FederationProblem.NotReady,
                $"The type {target.QualifiedName} is not federated on {federation.Options.HostName}.")
            {
                Target = target.QualifiedName,
                Remedy = "Consider using '--enable-type' to optionally enable type while federating the resource",
            };
        }

        var key = target.Namespaced ? new ObjectKey(request.Namespace, request.ResourceName) : ObjectKey.ClusterScoped(request.ResourceName);
        var original = await federation.Host.GetAsync(target, key, cancellationToken).ConfigureAwait(false);
        if (enabled is null && request.EnableType)
        {
            var enable = new EnableRequest { Name = target.QualifiedName, DryRun = request.DryRun };
            var result = await federation.Types.EnableAsync(enable, host.Sink, cancellationToken).ConfigureAwait(false);
            ChangeLines.Enabled(environment.Out, result, federation.SystemNamespace);
            enabled = result.Type;
        }

        var draft = federation.Resources.FromTarget(enabled ?? DefaultFederatedType.Of(target), original, PlacementSpec.All);
        if (request.Yaml)
        {
            await environment.Out.WriteAsync(Manifests.Write(draft.Object.Json)).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        if (!request.DryRun)
        {
            await federation.Resources.CreateAsync(draft, dryRun: false, cancellationToken).ConfigureAwait(false);
        }

        host.Sink.Verbose($"Federated {target.QualifiedName} \"{key}\" as {draft.Type.Federated.QualifiedName} \"{draft.Key}\".");
        return ExitCode.Ok;
    }

    /// <summary>The enabled type of exactly this target; with -o yaml a host without KubeFed will do (K-50).</summary>
    private async Task<FederatedType?> FindTypeAsync(ApiResource target, bool tolerant, CancellationToken cancellationToken)
    {
        try
        {
            var types = await host.Federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
            return types.FirstOrDefault(type => type.Name == target.QualifiedName);
        }
        catch (Exception error) when (tolerant && error is FederationException or Kubernetes.Client.KubeApiException)
        {
            host.Sink.Verbose(error.Message);
            return null;
        }
    }
}
