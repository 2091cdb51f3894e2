using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>Which API types are federated.</summary>
public sealed class TypeRegistry(Federation federation)
{
    /// <summary>All FederatedTypeConfigs of the system namespace, by name.</summary>
    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>: the host does not know the kind.</exception>
    public async Task<IReadOnlyList<FederatedType>> ListAsync(CancellationToken cancellationToken)
    {
        var configs = await ControlPlaneErrors.ListCoreAsync(federation, CoreResources.FederatedTypeConfigs, cancellationToken).ConfigureAwait(false);
        return [.. configs.Select(FederatedTypeReader.Read)];
    }

    /// <summary>The enabled type a user's word means: its config name, plural, kind or short name, of the target or of the federated type.</summary>
    /// <exception cref="FederationException"><c>TypeNotEnabled</c> or <c>TypeAmbiguous</c>; the remedy names Enable-KubeFedType or the candidates.</exception>
    public async Task<FederatedType> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        var types = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (new TypeLookup(types).Find(name) is { } known)
        {
            return known;
        }

        // Only short names need discovery, and a host whose discovery is broken still knows its types by their other names.
        KubeException? discoveryError = null;
        IReadOnlyList<ApiResource> discovered = [];
        try
        {
            discovered = (await federation.Host.Discovery.GetAllAsync(cancellationToken).ConfigureAwait(false)).Resources;
        }
        catch (KubeException error)
        {
            discoveryError = error;
        }

        var lookup = new TypeLookup(types) { Discovered = discovered };
        return lookup.Find(name) ?? throw lookup.NotEnabled(name, discoveryError);
    }

    /// <summary>Idempotent: enabling what is enabled writes nothing. Returns once the federated type can be used.</summary>
    /// <exception cref="FederationException">
    /// <c>TypeNotServed</c>, <c>TypeAmbiguous</c>, <c>TypeNotFederable</c>, <c>FederatedTypeChanged</c>, <c>EquivalentTypeEnabled</c>,
    /// <c>DefinitionNameTaken</c>, <c>TypeBeingDisabled</c>, <c>InvalidTypeConfig</c>, <c>DefinitionNotEstablished</c> or <c>ControlPlaneNotFound</c>.
    /// </exception>
    /// <remarks>cli.md section 4.</remarks>
    public Task<EnableResult> EnableAsync(EnableRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new EnableType(federation, request, sink).RunAsync(cancellationToken);

    /// <summary>The config and the definition enabling would write; writes neither, and needs no control plane.</summary>
    /// <exception cref="FederationException"><c>TypeNotServed</c>, <c>TypeAmbiguous</c>, <c>TypeNotFederable</c> or <c>InvalidTypeConfig</c>.</exception>
    /// <remarks>cli.md section 4 step 1.</remarks>
    public Task<EnableResult> DescribeAsync(EnableRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new EnableType(federation, request, sink).DescribeAsync(cancellationToken);

    /// <summary>What becomes of federated objects and their copies is the request's to say; with the CRD gone there must be none.</summary>
    /// <exception cref="FederationException">
    /// <c>TypeNotEnabled</c>, <c>FederatedResourcesExist</c>, <c>ResourcesWouldBeStranded</c>, <c>ResourcesRemain</c>, <c>TypeDisabledAlready</c> or
    /// <c>PropagationStillRunning</c>.
    /// </exception>
    /// <remarks>cli.md section 5.</remarks>
    public Task<DisableResult> DisableAsync(DisableRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new DisableType(federation, request, sink).RunAsync(cancellationToken);
}
