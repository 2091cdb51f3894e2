using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Waiting;

/// <summary>What is still lacking of a resource; nothing when it is what was waited for.</summary>
/// <param name="Lacking">One reason each, the cluster's name first where it is one cluster's.</param>
/// <param name="Unsynchronised">No sync has been there since the resource was made, changed or deleted, so that waiting alone may be in vain.</param>
internal sealed record WaitVerdict(IReadOnlyList<string> Lacking, bool Unsynchronised = false)
{
    private const int Told = 5;

    public static WaitVerdict Reached { get; } = new([]);

    public bool IsReached => Lacking.Count == 0;

    /// <summary>The reasons in one line, the first few in words.</summary>
    public override string ToString() => Lacking.Count <= Told
        ? string.Join("; ", Lacking)
        : $"{string.Join("; ", Lacking.Take(Told))}; and {Lacking.Count - Told} more";

    /// <summary>Judged by what is recorded on the host.</summary>
    public static WaitVerdict OfPropagation(KubeObject federated)
    {
        if (federated.IsDeleting)
        {
            return new WaitVerdict(["it is being deleted"]);
        }

        var status = PropagationStatus.Read(federated);
        if (status.Condition is not { } condition)
        {
            return new WaitVerdict(["it has not been synchronised yet"], Unsynchronised: true);
        }

        if (status.ObservedGeneration < federated.Generation)
        {
            return new WaitVerdict(["its latest change has not been synchronised yet"], Unsynchronised: true);
        }

        var clusters = Clusters(status);
        return condition.Propagated ? Reached
            : condition.Reason == AggregateReason.CheckClusters && clusters.Count > 0 ? new WaitVerdict(clusters)
            : new WaitVerdict([Words(condition.Reason.ToString(), condition.Message), .. clusters]);
    }

    /// <summary>Judged by the copies as they are; <paramref name="copies"/> that could not be read have no health to speak of.</summary>
    public static WaitVerdict OfHealth(IEnumerable<(string Cluster, ObjectHealth Health)> copies) => new(
    [
        .. copies
            .Where(copy => copy.Health.Status != HealthStatus.Healthy)
            .OrderBy(copy => copy.Cluster, StringComparer.Ordinal)
            .Select(copy => Words($"{copy.Cluster}: {copy.Health.Status}", copy.Health.Message)),
    ]);

    /// <summary>Judged by what is still there of it.</summary>
    public static WaitVerdict OfDeletion(FederatedResource resource)
    {
        if (!resource.Object.IsDeleting)
        {
            return new WaitVerdict(["nobody has deleted it"]);
        }

        var status = PropagationStatus.Read(resource.Object);
        var clusters = Clusters(status);
        var others = resource.Object.Finalizers.Where(finalizer => finalizer != KubeFedNames.SyncFinalizer).Select(finalizer => $"finalizer {finalizer} holds it");
        return !resource.HasSyncFinalizer ? new WaitVerdict([.. others])
            : clusters.Count > 0 ? new WaitVerdict(clusters)
            : new WaitVerdict(["its copies have not been removed yet"], Unsynchronised: true);
    }

    private static List<string> Clusters(PropagationStatus status) =>
    [
        .. status.Clusters.Where(cluster => cluster.Reason != PropagationReason.Ok).Select(cluster => Words($"{cluster.Name}: {cluster.Reason}", cluster.Message)),
    ];

    private static string Words(string what, string message) => message.Length == 0 ? what : $"{what} ({message})";
}
