using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>
/// Which federation something in a member belongs to: <c>&lt;uid of the host's kube-system namespace&gt;/&lt;system namespace&gt;</c>. The uid is the
/// usual stand-in for a cluster's own, which Kubernetes does not have (KEP-2149); a host restored from its etcd keeps it, a host built anew has another.
/// </summary>
/// <remarks>P-56.</remarks>
public sealed record FederationIdentity(string Value)
{
    private const string Anchor = "kube-system";

    /// <summary>One GET on the host.</summary>
    /// <exception cref="KubeException">The namespace could not be read.</exception>
    public static async Task<FederationIdentity> ReadAsync(IKubeClient host, string systemNamespace, CancellationToken cancellationToken)
    {
        var anchor = await host.GetAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(Anchor), cancellationToken).ConfigureAwait(false);
        return new FederationIdentity($"{anchor.Uid}/{systemNamespace}");
    }

    /// <summary>As <see cref="ReadAsync"/>, but a user who may not know goes on without, with a warning, as before there were marks.</summary>
    /// <exception cref="KubeConnectionException">The host does not answer.</exception>
    public static async Task<FederationIdentity?> FindAsync(Federation federation, IEngineSink sink, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(federation.Host, federation.SystemNamespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException error)
        {
            sink.Warning("Whose copies are whose is not known now, so conflicts with other federations are not noticed: the host's namespace "
                + $"{Anchor} could not be read: {error.Message} Allow get on it to this user.");
            return null;
        }
    }

    /// <summary>Whether a mark names a federation that is not this one; an object without a mark is nobody else's.</summary>
    public bool IsOther(string? mark) => mark is { Length: > 0 } && mark != Value;

    /// <summary>Whether a member's object is a copy of this federation's: it has the managed label and names no other federation.</summary>
    public bool Owns(KubeObject copy) => copy.Label(KubeFedNames.ManagedLabel) == "true" && !IsOther(copy.Annotation(KubeFedNames.FederationAnnotation));

    public override string ToString() => Value;
}
