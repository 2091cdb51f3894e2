using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What one federated object's <c>spec.placement</c> says, before anything narrows it.</summary>
/// <remarks>E-40 to E-44. A field that is not known makes the rule unusable, which KubeFed never saw because its definitions prune it.</remarks>
public sealed class PlacementRule
{
    private readonly HashSet<string>? _names;
    private readonly LabelSelector _selector = LabelSelector.Nothing;
    private readonly bool _hasSelector;

    private PlacementRule(HashSet<string>? names, LabelSelector selector, bool hasSelector) =>
        (_names, _selector, _hasSelector) = (names, selector, hasSelector);

    private PlacementRule(string error) => Error = error;

    /// <summary>Why the rule can't be evaluated, naming the field and its value; null when it can.</summary>
    public string? Error { get; }

    /// <summary>The clusters the rule lists; empty when a selector decides.</summary>
    public IReadOnlyCollection<string> Names => _names ?? [];

    /// <summary>Reads the rule; whatever is wrong with it ends in <see cref="Error"/>, never in an exception.</summary>
    public static PlacementRule Read(KubeObject federated)
    {
        if (federated.Json["spec"] is not JsonObject spec)
        {
            return new PlacementRule(federated.Json["spec"] is null
                ? "spec is missing; add spec.template with the object to propagate and spec.placement with the clusters to propagate it to"
                : $"spec must be an object, but is {Shown(federated.Json["spec"])}");
        }

        var placement = spec["placement"];
        if (placement is not (null or JsonObject))
        {
            return new PlacementRule($"spec.placement must be an object, but is {Shown(placement)}");
        }

        var unknown = UnknownFields.MistakesInSpec(spec).Concat(UnknownFields.InPlacement(placement)).ToList();
        if (unknown.Count > 0)
        {
            // Whatever the rest says, it is not what was meant (E-42: an empty selector is every cluster; no placement is none).
            return new PlacementRule($"{FieldFault.Together(unknown)} No copy is touched until that is corrected");
        }

        return placement?["clusters"] is { } clusters ? FromNames(clusters) : FromSelector(placement?["clusterSelector"]);
    }

    /// <summary>What the rule, taken alone, says of a registered cluster.</summary>
    public PlacementVerdict Judge(MemberCluster cluster)
    {
        if (_names is not null)
        {
            return _names.Contains(cluster.Name) ? PlacementVerdict.Listed : PlacementVerdict.NotListed;
        }

        if (!_hasSelector)
        {
            return PlacementVerdict.NoPlacement;
        }

        return _selector.Matches(cluster.Labels) ? PlacementVerdict.SelectorMatches : PlacementVerdict.SelectorDiffers;
    }

    private static PlacementRule FromNames(JsonNode clusters)
    {
        if (clusters is not JsonArray items)
        {
            return new PlacementRule($"spec.placement.clusters must be a list of {{name: ...}}, but is {Shown(clusters)}");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not JsonObject item || item["name"] is not JsonValue value || !value.TryGetValue<string>(out var name) || name.Length == 0)
            {
                return new PlacementRule($"spec.placement.clusters[{i}] must be an object with the name of a cluster, but is {Shown(items[i])}");
            }

            names.Add(name);
        }

        return new PlacementRule(names, LabelSelector.Nothing, hasSelector: false);
    }

    private static PlacementRule FromSelector(JsonNode? selector)
    {
        try
        {
            return new PlacementRule(null, LabelSelector.FromJson(selector, "spec.placement.clusterSelector"), selector is not null);
        }
        catch (SelectorException error)
        {
            return new PlacementRule(error.Message);
        }
    }

    private static string Shown(JsonNode? value) => JsonText.Write(value);
}
