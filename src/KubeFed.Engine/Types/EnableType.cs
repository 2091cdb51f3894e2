using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
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
        var federated = TypeNames.Federated(target, request.FederatedGroup, request.FederatedVersion);

        await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        var enabled = await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        EnableConflicts.Check(target, federated, enabled, federation.SystemNamespace);

        var targetDefinition = await FindTargetDefinitionAsync(writer, target, cancellationToken).ConfigureAwait(false);
        var wanted = CrdGenerator.Generate(federated, ReplicaFields.AreOffered(target, targetDefinition));
        var definition = await writer.EnsureAsync(KnownResources.CustomResourceDefinitions, wanted, cancellationToken).ConfigureAwait(false);
        await Definitions.WaitUntilServedAsync(writer, [definition], federation.Time, cancellationToken).ConfigureAwait(false);

        var config = await writer
            .EnsureAsync(CoreResources.FederatedTypeConfigs, TypeConfigs.For(target, federated, federation.SystemNamespace), cancellationToken)
            .ConfigureAwait(false);
        if (config.Kind == ChangeKind.Create)
        {
            await WarnOfNarrowRolesAsync(target, cancellationToken).ConfigureAwait(false);
        }

        return new EnableResult(FederatedTypeReader.Read(config.Object), definition.Object, log.Changes);
    }

    /// <summary>Roles by least privilege know only the types there were; only an administrator of the member can extend them.</summary>
    private async Task WarnOfNarrowRolesAsync(ApiResource target, CancellationToken cancellationToken)
    {
        var clusters = await federation.Clusters.ListAsync(cancellationToken).ConfigureAwait(false);
        var narrow = clusters.Where(cluster => JoinRecord.Of(cluster.Source) is { LeastPrivilege: true }).Select(cluster => cluster.Name).ToList();
        if (narrow.Count > 0)
        {
            sink.Warning($"{string.Join(", ", narrow)} joined with least privilege: join again to let {target.QualifiedName} be propagated there.");
        }
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
            _ when target.Group == request.FederatedGroup => "it is itself a federated type",
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

    /// <summary>The CRD behind a custom target, read for its replica fields alone: whoever may not read it still can enable the type.</summary>
    private async Task<KubeObject?> FindTargetDefinitionAsync(ObjectWriter writer, ApiResource target, CancellationToken cancellationToken)
    {
        if (!target.Group.Contains('.', StringComparison.Ordinal) || target.Group.EndsWith(".k8s.io", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var key = ObjectKey.ClusterScoped(target.QualifiedName);
            return await writer.FindAsync(KnownResources.CustomResourceDefinitions, key, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            sink.Warning(
                $"The definition of {target.QualifiedName} cannot be read ({error.Message}); "
                    + "retainReplicas is offered only if the type has a scale subresource.");
            return null;
        }
    }
}
