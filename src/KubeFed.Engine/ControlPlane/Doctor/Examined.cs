using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>One member as it was found.</summary>
/// <param name="Cluster">Its registration.</param>
/// <param name="Secret">The Secret it names; null when there is none.</param>
/// <param name="Health">What a probe found; null when members were not to be asked.</param>
/// <param name="Served">The types it serves, as <c>plural.group/version</c>; null when it could not be asked.</param>
internal sealed record ExaminedCluster(MemberCluster Cluster, KubeObject? Secret, ClusterHealth? Health, IReadOnlySet<string>? Served)
{
    /// <summary>Verbs that the stored credentials are refused there, by enabled type.</summary>
    public IReadOnlyDictionary<ApiResource, IReadOnlyList<string>> Refused { get; init; } = new Dictionary<ApiResource, IReadOnlyList<string>>();
}

/// <summary>All that the checks look at, read once, so that each of them is a plain function.</summary>
internal sealed record Examined
{
    public required string SystemNamespace { get; init; }

    public required DateTimeOffset Now { get; init; }

    public KubeObject? Namespace { get; init; }

    public KubeObject? Config { get; init; }

    /// <summary>Custom resource definitions of the host, by name.</summary>
    public IReadOnlyDictionary<string, KubeObject> Definitions { get; init; } = new Dictionary<string, KubeObject>();

    /// <summary>Webhook configurations of the host.</summary>
    public IReadOnlyList<KubeObject> Webhooks { get; init; } = [];

    /// <summary>Names of the services in the system namespace.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Of the system namespace: KubeFed's own controllers, if they are there.</summary>
    public IReadOnlyList<KubeObject> Deployments { get; init; } = [];

    public IReadOnlyList<KubeObject> Secrets { get; init; } = [];

    public IReadOnlyList<ExaminedCluster> Clusters { get; init; } = [];

    public IReadOnlyList<FederatedType> Types { get; init; } = [];

    public IReadOnlyList<FederatedResource> Resources { get; init; } = [];

    /// <summary>ReplicaSchedulingPreferences.</summary>
    public IReadOnlyList<KubeObject> Preferences { get; init; } = [];
}
