using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Labels of KubeFedClusters, which is what placement selects by (E-41).</summary>
internal sealed class ClusterLabels(Federation federation)
{
    public async Task<MemberCluster> SetAsync(string name, IReadOnlyDictionary<string, string?> labels, CancellationToken cancellationToken)
    {
        foreach (var (key, value) in labels)
        {
            Check(name, key, value ?? string.Empty);
        }

        var cluster = await federation.Clusters.FindAsync(name, cancellationToken).ConfigureAwait(false) ?? throw ClusterErrors.NotFound(federation, name);
        if (labels.All(wanted => cluster.Labels.GetValueOrDefault(wanted.Key) == wanted.Value))
        {
            return cluster;
        }

        var patch = new JsonObject([.. labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]);
        var stored = await federation.Host.PatchAsync(
            CoreResources.KubeFedClusters,
            new ObjectKey(federation.SystemNamespace, name),
            KubePatch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = patch } }),
            new WriteOptions { FieldManager = KubeFedNames.FieldManager },
            cancellationToken).ConfigureAwait(false);
        return MemberClusterReader.Read(stored);
    }

    /// <exception cref="FederationException"><c>InvalidClusterLabel</c>.</exception>
    public static void Check(string cluster, string key, string value)
    {
        if (LabelSyntax.CheckKey(key).Concat(LabelSyntax.CheckValue(value)).FirstOrDefault() is { } error)
        {
            throw new FederationException("InvalidClusterLabel", FederationProblem.Invalid, $"\"{key}={value}\" is not a label: {error}.")
            {
                Remedy = "Correct the label's key or value.",
                Target = cluster,
            };
        }
    }
}
