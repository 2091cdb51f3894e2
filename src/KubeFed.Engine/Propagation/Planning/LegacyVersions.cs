using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What a KubeFed controller recorded of a resource's copies in a PropagatedVersion: read once, when a host is taken over.</summary>
/// <remarks>E-80 to E-88; api.md section 6.</remarks>
public sealed class LegacyVersions
{
    private readonly IReadOnlyDictionary<string, string> _versions;

    private LegacyVersions(IReadOnlyDictionary<string, string> versions) => _versions = versions;

    public static LegacyVersions None { get; } = new(new Dictionary<string, string>());

    /// <summary>The name of the PropagatedVersion of a resource .</summary>
    public static string NameFor(FederatedResource resource) => $"{resource.Type.Target.Kind.ToLowerInvariant()}-{resource.Object.Name}";

    /// <summary>
    /// The recorded versions, or none when template or overrides have changed since (E-83), when KubeFed would not have done what we do (E-51), or when the
    /// record is another resource's: two types of one kind give it the same name, and its owner reference tells whose it is (A-72, E-89).
    /// </summary>
    public static LegacyVersions Read(FederatedResource resource, DesiredSource source, KubeObject? stored)
    {
        if (stored?.Status is not { } status
            || source.IsBeyondKubeFed
            || IsOfAnother(resource, stored)
            || Text(status, "templateVersion") != LegacyHash.OfTemplate(resource.Template)
            || Text(status, "overridesVersion") != LegacyHash.OfOverrides(resource.Object.Spec))
        {
            return None;
        }

        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (status["clusterVersions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(entry, "clusterName") is { Length: > 0 } cluster && Text(entry, "version") is { Length: > 0 } version)
            {
                versions[cluster] = version;
            }
        }

        return new LegacyVersions(versions);
    }

    /// <summary>Whether KubeFed left the object as we want it and nobody touched it since (E-84).</summary>
    public bool Vouch(string cluster, MemberVersion version, DesiredObject desired) =>
        version.Ownership is null && version.IsStill(_versions.GetValueOrDefault(cluster), scalable: true) && HasLabels(version, desired);

    private static bool IsOfAnother(FederatedResource resource, KubeObject stored) =>
        stored.Metadata["ownerReferences"] is JsonArray { Count: > 0 } owners
        && !owners.OfType<JsonObject>().Any(owner => Text(owner, "uid") == resource.Object.Uid);

    private static bool HasLabels(MemberVersion version, DesiredObject desired) =>
        version.Labels is { } actual
        && desired.Json.Map("metadata").Map("labels") is { } labels
        && labels.All(label => actual.TryGetValue(label.Key, out var value) && Text(labels, label.Key) == value);

    private static string? Text(JsonObject parent, string key) => parent[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
