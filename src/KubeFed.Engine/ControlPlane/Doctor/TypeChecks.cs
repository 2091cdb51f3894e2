using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>What can be wrong with an enabled type.</summary>
internal static class TypeChecks
{
    public static IEnumerable<Finding> All(Examined examined) => [.. examined.Types.SelectMany(type => Each(type, examined)), .. Together(examined)];

    private static IEnumerable<Finding> Each(FederatedType type, Examined examined)
    {
        var subject = $"type {type.Name}";
        foreach (var error in FederatedTypeConfigValidation.Check(type.Source))
        {
            yield return Finding.Warning("TypeConfigInvalid", subject, error.ToString(), $"Run Enable-KubeFedType {type.Name} again, or correct the field.");
        }

        if (type.Source.IsDeleting)
        {
            yield return Finding.Warning(
                "TypeDeleting",
                subject,
                $"Its config waits for {string.Join(", ", type.Source.Finalizers)}.",
                $"Run Disable-KubeFedType {type.Name} to finish what was begun.");
        }

        foreach (var finding in Definition(type, subject, examined))
        {
            yield return finding;
        }

        var held = examined.Resources.Count(resource => resource.Type.Name == type.Name && resource.HasSyncFinalizer);
        if (!type.PropagationEnabled && held > 0)
        {
            // P-50
            yield return Finding.Warning(
                "ResourcesStranded",
                subject,
                $"Propagation is disabled, and {held} federated resources wait for it when deleted.",
                "Enable the type again, or disable it releasing its resources.");
        }
    }

    private static IEnumerable<Finding> Definition(FederatedType type, string subject, Examined examined)
    {
        var name = TypeNames.DefinitionName(type.Federated);
        if (!examined.Definitions.TryGetValue(name, out var definition))
        {
            yield return Finding.Error(
                "FederatedDefinitionMissing",
                subject,
                $"Its definition {name} is missing.",
                $"Run Enable-KubeFedType {type.Name} again.");
            yield break;
        }

        var version = definition.Spec.Maps("versions").FirstOrDefault(version => version.Text("name") == type.Federated.Version);
        if (version is null)
        {
            yield return Finding.Error(
                "FederatedVersionMissing",
                subject,
                $"Its definition {name} does not have version {type.Federated.Version}.",
                $"Run Enable-KubeFedType {type.Name} again.");
            yield break;
        }

        var fields = version.Map("schema").Map("openAPIV3Schema").Map("properties");
        if (fields.Map("spec").Map("properties").Map("template") is null)
        {
            // P-120
            yield return Finding.Error(
                "TemplatePruned",
                subject,
                $"Its definition {name} has no spec.template: the host drops every template written to it.",
                $"Run Enable-KubeFedType {type.Name} again.");
            yield break;
        }

        if (!definition.Spec.Flag("preserveUnknownFields") && !CrdGenerator.KeepsUnknownFields(fields.Map("spec")))
        {
            // P-55; a definition that dates from apiextensions v1beta1 may keep everything.
            yield return Finding.Warning(
                "UnknownFieldsDropped",
                subject,
                $"Its definition {name} is KubeFed's or an older one: the host drops a mistyped field of a placement without a word, and what is left may mean "
                    + "every cluster or none.",
                $"Run Enable-KubeFedType {type.Name} again.");
        }

        if (fields.Map("spec").Map("properties").Map("overrides").Map("items").Map("properties").Map("clusterSelector") is null)
        {
            // P-60, P-65
            yield return Finding.Information(
                "OverridesByNameOnly",
                subject,
                $"Its definition {name} is KubeFed's: the host drops clusterSelector and valueTemplate from overrides.",
                $"Run Enable-KubeFedType {type.Name} again.");
        }

        var status = fields.Map("status").Map("properties");
        if (status.Map("clusters").Map("items").Map("properties").Map("message") is null)
        {
            yield return Finding.Warning(
                "StatusWithoutMessages",
                subject,
                $"Its definition {name} is KubeFed's: the status has no room for messages and versions, so syncs send copies again although nothing changed.",
                $"Run Enable-KubeFedType {type.Name} again.");
        }
        else if (status.Map("summary") is null)
        {
            // P-76
            yield return Finding.Information(
                "StatusWithoutSummary",
                subject,
                $"Its definition {name} is an older one: the status has no room for health, and kubectl shows neither clusters nor health in a column.",
                $"Run Enable-KubeFedType {type.Name} again.");
        }
    }

    private static IEnumerable<Finding> Together(Examined examined)
    {
        var types = examined.Types;
        foreach (var (left, right) in types.SelectMany((left, i) => types.Skip(i + 1).Select(right => (left, right))))
        {
            if (EquivalentTypes.AreEquivalent(left.Target, right.Target))
            {
                yield return Finding.Error(
                    "TypesEquivalent",
                    $"types {left.Name}, {right.Name}",
                    "They are two names of the same objects, which would have two owners.",
                    "Disable one of them.");
            }

            if (TypeNames.DefinitionName(left.Federated) == TypeNames.DefinitionName(right.Federated))
            {
                yield return Finding.Error(
                    "DefinitionShared",
                    $"types {left.Name}, {right.Name}",
                    $"Both use {TypeNames.DefinitionName(left.Federated)}.",
                    "Enable one of them in another federated group.");
            }
        }

        var isClusterScope = examined.Config is { } config && ControlPlaneConfigReader.Read(config).Scope == ControlPlaneScope.Cluster;
        if (isClusterScope && types.Any(type => type.Target.Namespaced) && !types.Any(type => type is { IsNamespaceType: true, PropagationEnabled: true }))
        {
            // P-30
            yield return Finding.Error(
                "NamespacesNotEnabled",
                "type namespaces",
                "Namespaced types are federated and namespaces are not, so nothing of them is propagated.",
                "Run Enable-KubeFedType namespaces.");
        }
    }
}
