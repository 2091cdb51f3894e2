using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>Puts the CRDs, the system namespace and KubeFedConfig on a host, and reads the latter.</summary>
public sealed class ControlPlaneInstaller(Federation federation)
{
    private static readonly TimeSpan ServingDelay = TimeSpan.FromSeconds(10);

    /// <summary>Idempotent: an existing KubeFedConfig keeps its values, and gets those it lacks.</summary>
    /// <exception cref="FederationException"><c>DefinitionNotEstablished</c>: the host did not serve a definition within 30 s.</exception>
    public async Task<InstallResult> InstallAsync(InstallRequest request, IEngineSink sink, CancellationToken cancellationToken)
    {
        var log = new ChangeLog(sink, request.DryRun);
        var writer = new ObjectWriter(federation.Host, federation.Options.HostName, log, federation.Time);

        var home = ControlPlaneManifests.SystemNamespace(federation.SystemNamespace);
        await writer.EnsureAsync(KnownResources.Namespaces, home, cancellationToken).ConfigureAwait(false);
        var definitions = new List<Ensured>();
        foreach (var definition in ControlPlaneManifests.Definitions())
        {
            definitions.Add(await writer.EnsureAsync(KnownResources.CustomResourceDefinitions, definition, cancellationToken).ConfigureAwait(false));
        }

        if (request.Scope == ControlPlaneScope.Cluster)
        {
            foreach (var role in ControlPlaneManifests.UserRoles())
            {
                await writer.EnsureAsync(KnownResources.ClusterRoles, role, cancellationToken).ConfigureAwait(false);
            }
        }

        await Definitions.WaitUntilServedAsync(writer, definitions, federation.Time, cancellationToken).ConfigureAwait(false);
        var config = await EnsureConfigAsync(writer, request, sink, cancellationToken).ConfigureAwait(false);
        return new InstallResult(ControlPlaneConfigReader.Read(config), log.Changes);
    }

    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>: there is no KubeFedConfig (cli.md section 2 step 1).</exception>
    public async Task<ControlPlaneConfig> ReadConfigAsync(CancellationToken cancellationToken)
    {
        var found = await federation.Host.FindAsync(CoreResources.KubeFedConfigs, ConfigKey, cancellationToken).ConfigureAwait(false);
        return found is null ? throw ControlPlaneErrors.NotFound(federation.SystemNamespace) : ControlPlaneConfigReader.Read(found);
    }

    /// <summary>
    /// Reads KubeFedConfig, edits its spec, validates and writes; repeats when someone else wrote in between. Values it lacked are given their defaults
    /// first, so that an edit of one value does not fail for others.
    /// </summary>
    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>, or <c>InvalidConfig</c> with all field errors.</exception>
    /// <remarks>A-50 to A-62.</remarks>
    public Task<ControlPlaneConfig> EditConfigAsync(Action<JsonObject> edit, bool dryRun, CancellationToken cancellationToken) =>
        new ConfigEdit(federation, ConfigKey).RunAsync(edit, dryRun, cancellationToken);

    /// <summary>Looks for everything that is wrong with a federation: one finding per problem, the gravest first. Writes nothing.</summary>
    /// <param name="askMembers">False looks at the host only.</param>
    /// <param name="sink">Told of each member asked.</param>
    /// <param name="cancellationToken">Stops the reads.</param>
    public Task<IReadOnlyList<Finding>> ExamineAsync(bool askMembers, IEngineSink sink, CancellationToken cancellationToken) =>
        new Examination(federation, askMembers, sink).RunAsync(cancellationToken);

    /// <summary>Removes the control plane; refused while clusters, types or federated resources are there, unless the request says to abandon them.</summary>
    /// <exception cref="FederationException"><c>ControlPlaneInUse</c>, with the counts.</exception>
    public Task<UninstallResult> UninstallAsync(UninstallRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new Uninstall(federation, request, sink).RunAsync(cancellationToken);

    private ObjectKey ConfigKey => new(federation.SystemNamespace, KubeFedNames.ConfigName);

    private async Task<KubeObject> EnsureConfigAsync(ObjectWriter writer, InstallRequest request, IEngineSink sink, CancellationToken cancellationToken)
    {
        if (await writer.FindAsync(CoreResources.KubeFedConfigs, ConfigKey, cancellationToken).ConfigureAwait(false) is { } stored)
        {
            if (ControlPlaneConfigReader.Read(stored).Scope != request.Scope)
            {
                sink.Warning($"KubeFedConfig {ConfigKey} keeps its scope {stored.Spec.Text("scope")}: the scope of a control plane cannot be changed.");
            }

            foreach (var idle in ConfigEffects.Chosen(stored.Spec))
            {
                sink.Warning($"KubeFedConfig {ConfigKey}: {idle}");
            }

            // What an older version wrote lacks what came later, and a KubeFed controller refuses to start without it (A-53, A-55).
            var complete = KubeObject.Create(CoreResources.KubeFedConfigs, ConfigKey);
            complete.Json["spec"] = ConfigDefaults.Apply(stored.Spec ?? []);
            return (await writer.UpdateAsync(CoreResources.KubeFedConfigs, stored, complete, cancellationToken).ConfigureAwait(false)).Object;
        }

        var config = ControlPlaneManifests.Config(federation.SystemNamespace, request.Scope, request.AdoptResources);
        var start = federation.Time.GetTimestamp();
        return await Polling.UntilAsync(
            federation.Time,
            TimeSpan.FromMilliseconds(100),
            ServingDelay,
            async () =>
            {
                try
                {
                    return await writer.CreateAsync(CoreResources.KubeFedConfigs, config, cancellationToken).ConfigureAwait(false);
                }
                catch (KubeApiException error) when (error.IsNotFound && federation.Time.GetElapsedTime(start) < ServingDelay - TimeSpan.FromSeconds(1))
                {
                    // Of several API servers behind one address, one may not serve the new kind yet.
                    return null;
                }
            },
            cancellationToken).ConfigureAwait(false) ?? throw ControlPlaneErrors.NotFound(federation.SystemNamespace);
    }
}
