using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Enables one type: looks it up, checks it against those enabled, and writes its definition and config.</summary>
/// <remarks>cli.md section 4.</remarks>
internal sealed class EnableType(Federation federation, EnableRequest request, IEngineSink sink)
{
    private static readonly string[] NeededVerbs = ["create", "delete", "get", "list"];

    public async Task<EnableResult> RunAsync(CancellationToken cancellationToken)
    {
        var log = new ChangeLog(sink, request.DryRun);
        var writer = new ObjectWriter(federation.Host, federation.Options.HostName, log, federation.Time);
        var target = await ResolveTargetAsync(cancellationToken).ConfigureAwait(false);
        var control = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        var enabled = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        target = await KeepVersionAsync(target, enabled, cancellationToken).ConfigureAwait(false);
        var (wantedConfig, wantedDefinition) = await ComposeAsync(target, enabled, cancellationToken).ConfigureAwait(false);
        var federated = FederatedTypeReader.Read(wantedConfig).Federated;
        EnableConflicts.Check(target, federated, enabled, federation.SystemNamespace);

        var definition = await writer.EnsureAsync(KnownResources.CustomResourceDefinitions, wantedDefinition, cancellationToken).ConfigureAwait(false);
        if (control.Scope == ControlPlaneScope.Cluster)
        {
            await GroupRoles.EnsureAsync(writer, federated.Group, cancellationToken).ConfigureAwait(false);
        }

        await Definitions.WaitUntilServedAsync(writer, [definition], federation.Time, cancellationToken).ConfigureAwait(false);
        var config = await writer.EnsureAsync(CoreResources.FederatedTypeConfigs, wantedConfig, cancellationToken).ConfigureAwait(false);
        if (request.StatusCollection == true && !control.RawStatusCollection)
        {
            sink.Warning("Nothing is collected while the feature gate RawResourceStatusCollection is off. "
                + "Run Set-KubeFedConfig -FeatureGate @{ RawResourceStatusCollection = $true }.");
        }

        var targets = enabled.Select(type => type.Target).Where(other => other.QualifiedName != target.QualifiedName).Append(target).ToList();
        await new NarrowRoles(federation, log, sink).ExtendAsync(target, targets, cancellationToken).ConfigureAwait(false);
        return new EnableResult(FederatedTypeReader.Read(config.Object), definition.Object, log.Changes);
    }

    /// <summary>The objects alone: what enabling would write on this host, whether or not it has a control plane.</summary>
    /// <remarks>cli.md section 4 step 1.</remarks>
    public async Task<EnableResult> DescribeAsync(CancellationToken cancellationToken)
    {
        var target = await ResolveTargetAsync(cancellationToken).ConfigureAwait(false);
        var enabled = await FederatedTypes.LoadAsync(federation, cancellationToken).ConfigureAwait(false);
        target = await KeepVersionAsync(target, enabled.Enabled, cancellationToken).ConfigureAwait(false);
        var (config, definition) = await ComposeAsync(target, enabled.Enabled, cancellationToken).ConfigureAwait(false);
        return new EnableResult(FederatedTypeReader.Read(config), definition, []);
    }

    private async Task<(KubeObject Config, KubeObject Definition)> ComposeAsync(
        ApiResource target, IReadOnlyList<FederatedType> enabled, CancellationToken cancellationToken)
    {
        var federated = FederatedNames.For(target, request, enabled);
        var config = TypeConfigs.For(target, federated, federation.SystemNamespace, request.StatusCollection);
        if (FederatedTypeConfigValidation.Check(config) is { Count: > 0 } errors)
        {
            throw new FederationException(
                "InvalidTypeConfig", FederationProblem.Invalid, $"FederatedTypeConfig \"{config.Key}\" would not be valid: {FieldError.Aggregate(errors)}")
            {
                Remedy = $"Correct {string.Join(", ", errors.Select(error => error.Path).Distinct(StringComparer.Ordinal))}.",
                Target = request.Name,
            };
        }

        var retainReplicas = await new ReplicaFields(federation.Host, sink).AreOfferedAsync(target, cancellationToken).ConfigureAwait(false);
        return (config, CrdGenerator.Generate(federated, retainReplicas));
    }

    /// <summary>
    /// The version a type is enabled with stays while the host serves it: what its templates are written in must not change because a server began to
    /// prefer another.
    /// </summary>
    private async Task<ApiResource> KeepVersionAsync(ApiResource target, IReadOnlyList<FederatedType> enabled, CancellationToken cancellationToken)
    {
        var stored = enabled.FirstOrDefault(type => type.Name == target.QualifiedName)?.Target;
        return request.TargetVersion is null && stored is not null && stored.Version != target.Version
            ? await federation.Host.Discovery.FindAsync(stored.Gvk, cancellationToken).ConfigureAwait(false) ?? target
            : target;
    }

    private async Task<ApiResource> ResolveTargetAsync(CancellationToken cancellationToken)
    {
        ApiResource target;
        try
        {
            target = await federation.Host.Discovery.ResolveAsync(request.Name, request.TargetVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiLookupException error)
        {
            throw new FederationException(
                error.Message.StartsWith("Multiple", StringComparison.Ordinal) ? "TypeAmbiguous" : "TypeNotServed",
                FederationProblem.NotFound,
                error.Message,
                error)
            {
                Remedy = error.Candidates.Count > 0
                    ? $"Name one of {string.Join(", ", error.Candidates)}."
                    : $"The type must be served by {federation.Options.HostName}; if it is a custom resource, install its definition there first.",
                Target = request.Name,
            };
        }

        return Federable(target);
    }

    /// <summary>A federated type cannot itself be federated, and what cannot be created and deleted cannot be propagated.</summary>
    private ApiResource Federable(ApiResource target)
    {
        string[] missing = target.Verbs.Count == 0 ? [] : [.. NeededVerbs.Except(target.Verbs)];
        var why = target switch
        {
            { Group: KubeFedNames.CoreGroup or KubeFedNames.SchedulingGroup } => "it belongs to the control plane itself",
            _ when IsFederated(target.Group) => "it is itself a federated type",
            _ when missing.Length > 0 => $"the server does not offer {string.Join(", ", missing)} for it",
            _ => null,
        };
        return why is null
            ? target
            : throw new FederationException(
                "TypeNotFederable", FederationProblem.Invalid, $"The type \"{target.QualifiedName}\" cannot be federated: {why}.")
            {
                Remedy = "Name the type whose objects are to appear in member clusters.",
                Target = request.Name,
            };
    }

    private bool IsFederated(string group) =>
        group is KubeFedNames.TypesGroup || group == request.FederatedGroup || group.EndsWith($".{KubeFedNames.TypesGroup}", StringComparison.Ordinal);
}
