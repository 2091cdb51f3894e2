using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>How the namespace a resource lives in narrows its placement.</summary>
/// <remarks>E-45 to E-48.</remarks>
public sealed class NamespaceScope
{
    private NamespaceScope(PlacementRule? rule, string? missing) => (Rule, Missing) = (rule, missing);

    /// <summary>
    /// Nothing narrows: cluster-scoped types and namespaces themselves (E-47), or a namespaced control plane without a FederatedNamespace (E-46).
    /// </summary>
    public static NamespaceScope Unrestricted { get; } = new(null, null);

    /// <summary>The FederatedNamespace's own placement; null when there is none to honour.</summary>
    public PlacementRule? Rule { get; }

    /// <summary>Why the namespace is not federated, in words that say what to create; null when it is.</summary>
    public string? Missing { get; }

    /// <summary>The scope of one namespace in a cluster-wide control plane.</summary>
    /// <param name="name">The namespace.</param>
    /// <param name="federatedNamespace">Its FederatedNamespace of the same name, or null.</param>
    /// <remarks>
    /// A FederatedNamespace that is going away places nothing any more, so that its content is deleted while the clusters are still known, not merely
    /// unlabelled afterwards (E-101, P-38).
    /// </remarks>
    public static NamespaceScope Of(string name, FederatedResource? federatedNamespace) => federatedNamespace switch
    {
        null => new(null, $"namespace {name} is not federated, so nothing in it is propagated; create a FederatedNamespace named {name} in it"),
        { Object.IsDeleting: true } => new(null, Ending(name)),
        _ => By(federatedNamespace),
    };

    /// <summary>What to do about a namespace of which <see cref="Missing"/> is told: another one can't be made before the first is gone.</summary>
    /// <param name="name">The namespace.</param>
    /// <param name="missing">What is told of it.</param>
    public static string Remedy(string? name, string? missing) => name is not null && missing?.Contains(Ending(name), StringComparison.Ordinal) == true
        ? $"If the namespace is to stay, run Invoke-KubeFedSync namespaces {name} until it is gone, and federate it again: "
            + $"ConvertTo-FederatedResource namespaces {name} -Create; what still lies in it is deleted with it otherwise."
        : $"Federate the namespace: ConvertTo-FederatedResource namespaces {name} -Create.";

    /// <summary>The scope a FederatedNamespace gives, where its absence would mean no restriction (E-46).</summary>
    public static NamespaceScope By(FederatedResource federatedNamespace) => new(PlacementRule.Read(federatedNamespace.Object), null);

    private static string Ending(string name) => $"FederatedNamespace {name}/{name} is being deleted, so nothing in it is propagated";
}
