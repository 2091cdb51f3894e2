using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>The federated type of any target: the enabled one, or the one enabling it would make.</summary>
internal sealed class FederatedTypes
{
    private readonly IReadOnlyList<FederatedType> _enabled;
    private readonly string _systemNamespace;

    private FederatedTypes(IReadOnlyList<FederatedType> enabled, string systemNamespace) => (_enabled, _systemNamespace) = (enabled, systemNamespace);

    public IReadOnlyList<FederatedType> Enabled => _enabled;

    /// <summary>Works without a control plane too, and without a host: then nothing is enabled (K-50, K-63).</summary>
    public static async Task<FederatedTypes> LoadAsync(Federation federation, CancellationToken cancellationToken)
    {
        try
        {
            return new FederatedTypes(await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false), federation.SystemNamespace);
        }
        catch (Exception error) when (error is KubeConnectionException || (error is FederationException known && known.Id == "ControlPlaneNotFound"))
        {
            return new FederatedTypes([], federation.SystemNamespace);
        }
    }

    public FederatedType? Find(string group, string kind) => _enabled.FirstOrDefault(type => type.Target.Group == group && type.Target.Kind == kind);

    public FederatedType Default(ApiResource target) => FederatedTypeReader.Read(
        TypeConfigs.For(target, FederatedNames.For(target, new EnableRequest { Name = target.QualifiedName }, _enabled), _systemNamespace));
}
