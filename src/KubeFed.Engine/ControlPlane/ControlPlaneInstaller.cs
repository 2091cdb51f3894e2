using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>What to install on the host.</summary>
public sealed record InstallRequest
{
    public ControlPlaneScope Scope { get; init; } = ControlPlaneScope.Cluster;

    /// <summary>Whether pre-existing member objects of the same name are taken over (A- section 5; KubeFed's default is yes).</summary>
    public bool AdoptResources { get; init; } = true;

    public bool DryRun { get; init; }
}

public sealed record InstallResult(ControlPlaneConfig Config, IReadOnlyList<Change> Changes);

/// <summary>Puts the CRDs, the system namespace and KubeFedConfig on a host, and reads the latter.</summary>
public sealed class ControlPlaneInstaller(Federation federation)
{
    /// <summary>Idempotent: an existing KubeFedConfig keeps its values.</summary>
    public Task<InstallResult> InstallAsync(InstallRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        throw new NotImplementedException(federation.SystemNamespace);

    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>: there is no KubeFedConfig (cli.md section 2 step 1).</exception>
    public async Task<ControlPlaneConfig> ReadConfigAsync(CancellationToken cancellationToken)
    {
        var found = await federation.Host
            .FindAsync(CoreResources.KubeFedConfigs, new ObjectKey(federation.SystemNamespace, KubeFedNames.ConfigName), cancellationToken)
            .ConfigureAwait(false);
        return found is null ? throw ControlPlaneErrors.NotFound(federation.SystemNamespace) : ControlPlaneConfigReader.Read(found);
    }
}
