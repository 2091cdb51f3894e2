using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling.State;

/// <summary>Where the objects of a type keep their replica count, how many are ready, and which pods are theirs.</summary>
/// <param name="ReplicasPath">JSON pointer of the wanted number; what overrides write.</param>
/// <param name="ReadyPaths">JSON pointers of the ready number, the first that is there counts.</param>
/// <param name="SelectorPath">JSON pointer of the pods' selector: a metav1.LabelSelector, a plain map, or text.</param>
/// <remarks>R-20, R-22, P-87: any type with a scale subresource, and Jobs by their parallelism.</remarks>
public sealed record ScaleShape(string ReplicasPath, IReadOnlyList<string> ReadyPaths, string SelectorPath)
{
    private static readonly ScaleShape _apps = new("/spec/replicas", ["/status/readyReplicas"], "/spec/selector");

    private static readonly Dictionary<string, ScaleShape> _builtIn = new(StringComparer.Ordinal)
    {
        ["deployments.apps"] = _apps,
        ["replicasets.apps"] = _apps,
        ["statefulsets.apps"] = _apps,
        ["replicationcontrollers"] = _apps,
        ["jobs.batch"] = new("/spec/parallelism", ["/status/ready", "/status/active"], "/spec/selector"),
    };

    /// <summary>The shape of a type, or null when its objects have no replicas to schedule.</summary>
    /// <param name="host">Where the definition of a custom target type is read; types which the host does not define cannot be scheduled.</param>
    /// <param name="target">The type that is propagated.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public static async Task<ScaleShape?> FindAsync(IKubeClient host, ApiResource target, CancellationToken cancellationToken)
    {
        if (_builtIn.TryGetValue(target.QualifiedName, out var known))
        {
            return known;
        }

        if (!target.Group.Contains('.', StringComparison.Ordinal))
        {
            return null;
        }

        var definition = await host
            .FindAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(target.QualifiedName), cancellationToken)
            .ConfigureAwait(false);
        return definition is null ? null : OfDefinition(definition, target.Version);
    }

    /// <summary>What a CustomResourceDefinition says of one of its versions.</summary>
    public static ScaleShape? OfDefinition(KubeObject definition, string version)
    {
        var scale = definition.Spec.Maps("versions").FirstOrDefault(candidate => candidate.Text("name") == version).Map("subresources").Map("scale");
        if (scale.NonEmptyText("specReplicasPath") is not { } replicas)
        {
            return null;
        }

        var status = scale.NonEmptyText("statusReplicasPath");
        return new(
            Pointer(replicas),
            status is null ? ["/status/readyReplicas"] : ["/status/readyReplicas", Pointer(status)],
            scale.NonEmptyText("labelSelectorPath") is { } selector ? Pointer(selector) : "/spec/selector");
    }

    /// <summary>From the simple JSON path of a definition (<c>.spec.size</c>, no brackets) to a pointer.</summary>
    private static string Pointer(string path) =>
        string.Concat(path.TrimStart('.').Split('.').Select(part => "/" + part.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
