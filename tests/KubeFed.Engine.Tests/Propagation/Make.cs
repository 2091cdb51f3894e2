using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Short ways to the values that the planning tests are about.</summary>
internal static class Make
{
    public static FederatedType ConfigMaps { get; } = Type("configmaps", KnownResources.ConfigMaps);

    public static FederatedType Deployments { get; } = Type("deployments.apps", KnownResources.Deployments);

    public static FederatedType Services { get; } = Type("services", KnownResources.Services);

    public static FederatedType Namespaces { get; } = Type("namespaces", KnownResources.Namespaces);

    public static FederatedType ClusterRoles { get; } = Type("clusterroles.rbac.authorization.k8s.io", KnownResources.ClusterRoles);

    public static FederatedType Type(string name, ApiResource target) => new()
    {
        Name = name,
        Target = target,
        Federated = new ApiResource(
            KubeFedNames.TypesGroup, KubeFedNames.TypesVersion, KubeFedNames.FederatedPrefix + target.Kind, "federated" + target.Plural, target.Namespaced
                || name == "namespaces"),
        Source = new KubeObject([]),
    };

    public static MemberCluster Cluster(string name, params (string Key, string Value)[] labels) => new()
    {
        Name = name,
        ApiEndpoint = $"http://{name}.example",
        SecretName = name,
        Labels = labels.ToDictionary(l => l.Key, l => l.Value),
        Source = new KubeObject([]),
    };

    public static ClusterFacts Facts(string name, params (string Key, string Value)[] labels) => ClusterFacts.Of(Cluster(name, labels));

    /// <summary>A federated object from the JSON of its spec (single quotes allowed), in namespace ns1 unless it is cluster-scoped.</summary>
    public static FederatedResource Resource(string? spec, FederatedType? type = null, string name = "web", string status = "")
    {
        type ??= ConfigMaps;
        var value = KubeObject.Create(type.Federated, new ObjectKey(type.IsNamespaceType ? name : "ns1", name));
        value.Metadata["generation"] = 1;
        value.Metadata["uid"] = "u-" + name;
        if (spec is not null)
        {
            value.Json["spec"] = Json(spec);
        }

        if (status.Length > 0)
        {
            value.Json["status"] = Json(status);
        }

        return new FederatedResource(type, value);
    }

    public static JsonNode? Json(string text) => JsonNode.Parse(text.Replace('\'', '"'));

    public static FederatedResource Finalized(this FederatedResource resource, bool deleting = false, string? annotation = null, string value = "true")
    {
        resource.Object.Metadata["finalizers"] = new JsonArray(KubeFedNames.SyncFinalizer);
        if (deleting)
        {
            resource.Object.Metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        }

        if (annotation is not null)
        {
            resource.Object.SetAnnotation(annotation, value);
        }

        return resource;
    }

    public static ResourcePlan Plan(FederatedResource resource, params string[] clusters) =>
        new(resource, Placement.Compute(resource, NamespaceScope.Unrestricted, [.. clusters.Select(c => Cluster(c))]));

    /// <summary>A managed object as we left it.</summary>
    public static MemberVersion Ours(string ownership = "aa", long generation = 0) =>
        new() { Uid = "m-1", ResourceVersion = "10", Generation = generation, Managed = ManagedMark.Managed, Ownership = ownership };

    public static MemberState Found(MemberVersion version) => MemberState.Found(version);

    /// <summary>The resource as it stands in the store after the results were recorded.</summary>
    public static FederatedResource Recorded(this FederatedResource resource, Placement placement, IReadOnlyCollection<CellResult> results)
    {
        var clone = new FederatedResource(resource.Type, resource.Object.Clone());
        var next = StatusComposer.Next(
            PropagationStatus.Read(clone.Object),
            clone.Object.Generation,
            placement,
            results,
            placement.Clusters.Where(c => c.Verdict != PlacementVerdict.NotRegistered).Select(c => c.Cluster).ToHashSet(),
            false,
            DateTimeOffset.UnixEpoch);
        clone.Object.Json["status"] = next.ToJson(clone.Object);
        return clone;
    }
}
