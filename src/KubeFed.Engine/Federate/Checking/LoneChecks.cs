using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>What a federated resource shows of itself, without asking anybody. Pure.</summary>
internal static class LoneChecks
{
    /// <summary>What a copy never takes from its template: names are the resource's, the rest is the member's server's to say.</summary>
    private static readonly string[] Ignored = ["name", "namespace", "uid", "resourceVersion", "generation", "managedFields", "ownerReferences"];

    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    public static IEnumerable<ResourceFinding> Run(FederatedResource resource)
    {
        var faults = FederatedResourceValidation.Check(resource);
        return
        [
            .. faults.Select(ResourceFinding.Of),
            .. Strangers(resource),
            .. EffectChecks.Run(resource),
            .. IgnoredFields(resource),
            .. Overrides(resource, faults),
        ];
    }

    private static IEnumerable<ResourceFinding> Strangers(FederatedResource resource) => resource.Object.Spec is { } spec
        ? UnknownFields.StrangersInSpec(spec).Select(fault => ResourceFinding.Of(fault) with { Severity = FindingSeverity.Warning })
        : [];

    private static IEnumerable<ResourceFinding> IgnoredFields(FederatedResource resource)
    {
        var fields = new List<(string Field, JsonNode Value)>();
        if (resource.Template?["status"] is { } status)
        {
            fields.Add(("spec.template.status", status));
        }

        foreach (var name in Ignored)
        {
            if (resource.Template.Map("metadata")?[name] is { } value && !IsOwn(resource, name, value))
            {
                fields.Add(($"spec.template.metadata.{name}", value));
            }
        }

        return fields.Select(found => new ResourceFinding(
            FindingSeverity.Warning,
            "TemplateFieldIgnored",
            found.Field,
            FederatedResourceValidation.Show(found.Value),
            "copies do not get this field from the template",
            "Take it out; a copy has its resource's name and namespace, and the rest is its cluster's to say."));
    }

    private static bool IsOwn(FederatedResource resource, string name, JsonNode value) => name switch
    {
        "name" => FederatedResourceValidation.Show(value) == FederatedResourceValidation.Show(resource.TargetKey.Name),
        "namespace" => FederatedResourceValidation.Show(value) == FederatedResourceValidation.Show(resource.TargetKey.Namespace),
        _ => false,
    };

    /// <summary>Overrides that no label decides on can be tried on the template here and now.</summary>
    private static IEnumerable<ResourceFinding> Overrides(FederatedResource resource, IReadOnlyList<FieldFault> faults)
    {
        var source = new DesiredSource(resource);
        foreach (var warning in source.Warnings)
        {
            // One that concerns nobody is among the faults already.
            if (faults.All(fault => !warning.StartsWith(fault.Field, StringComparison.Ordinal)))
            {
                var (field, message) = (warning.Split(' ', 2)[0], warning.Split(' ', 2)[^1]);
                yield return new ResourceFinding(
                    FindingSeverity.Warning,
                    "OverrideSetsNull",
                    field,
                    string.Empty,
                    $"it {message.TrimEnd('.')}",
                    "Write op: remove to take a field away, or give it a value.");
            }
        }

        var overrides = OverrideSet.Of(resource);
        if (source.Error is not null || overrides.IsBeyondKubeFed || faults.Any(fault => fault.Field.StartsWith("spec.", StringComparison.Ordinal)))
        {
            yield break;
        }

        foreach (var cluster in overrides.Rules.Select(rule => rule.Cluster).OfType<string>())
        {
            if (Misfit(source, new ClusterFacts(cluster, NoLabels)) is { } misfit)
            {
                yield return misfit;
            }
        }
    }

    /// <summary>Why the cluster's overrides do not fit the template; null when they do.</summary>
    internal static ResourceFinding? Misfit(DesiredSource source, ClusterFacts cluster)
    {
        try
        {
            source.For(cluster);
            return null;
        }
        catch (OverrideException error)
        {
            return new ResourceFinding(
                FindingSeverity.Error,
                "OverrideDoesNotFit",
                "spec.overrides",
                string.Empty,
                error.Message,
                "Correct the path, or the template it is applied to; add makes what replace can't find.")
            {
                Cluster = cluster.Name,
            };
        }
    }
}
