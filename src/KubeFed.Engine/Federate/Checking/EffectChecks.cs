using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>What stands in a federated resource and has no effect, or another than it seems to have. Pure.</summary>
/// <remarks>E-61, E-92, S-35, S-37.</remarks>
internal static class EffectChecks
{
    private static readonly string[] ManagedPath = ["metadata", "labels", KubeFedNames.ManagedLabel];

    /// <summary>The kinds whose replicas default where a template declares none, so that nothing in the template shows that they have any.</summary>
    private static readonly (string Group, string Kind)[] ScaledKinds =
        [("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), (string.Empty, "ReplicationController")];

    public static IEnumerable<ResourceFinding> Run(FederatedResource resource) =>
    [
        .. Version(resource), .. Replicas(resource), .. DeleteOptions(resource), .. Switches(resource), .. ManagedLabel(resource),
    ];

    private static IEnumerable<ResourceFinding> Version(FederatedResource resource)
    {
        // A type that is only guessed has the version from the object itself; of our own group there is one version.
        var (type, given) = (resource.Type, resource.Object.Gvk);
        var known = type.Source.Json.Count > 0 ? type.Federated.Version : given.Group == KubeFedNames.TypesGroup ? KubeFedNames.TypesVersion : given.Version;
        if (given.Group.Length > 0 && given.Version != known)
        {
            yield return new ResourceFinding(
                FindingSeverity.Error,
                "UnknownVersion",
                "apiVersion",
                Show(resource.Object.ApiVersion),
                $"{type.Federated.Kind} has no version {given.Version}, so a host takes no such object",
                $"Write {given.Group}/{known}.");
        }
    }

    private static IEnumerable<ResourceFinding> Replicas(FederatedResource resource)
    {
        const string Field = "spec.retainReplicas";
        if (resource.Object.Spec?["retainReplicas"] is not { } retain)
        {
            yield break;
        }

        if (retain is not JsonValue value || !value.TryGetValue<bool>(out var wanted))
        {
            yield return new ResourceFinding(
                FindingSeverity.Error,
                "InvalidRetainReplicas",
                Field,
                Show(retain),
                "it must be true or false; anything else counts as false",
                "Write true or false.");
        }
        else if (wanted && !ScaledKinds.Contains((resource.Type.Target.Group, resource.Type.Target.Kind)) && resource.Template.Map("spec")?["replicas"] is null
            && !Operations(resource).Any(operation => operation.Path.Tokens is ["spec", "replicas"]))
        {
            yield return new ResourceFinding(
                FindingSeverity.Warning,
                "RetainReplicasWithoutEffect",
                Field,
                Show(retain),
                $"neither the template nor an override of this {resource.Type.Target.Kind} has spec.replicas, so there is no count to retain",
                "Leave retainReplicas out.");
        }
    }

    private static IEnumerable<ResourceFinding> DeleteOptions(FederatedResource resource)
    {
        if (DeletionAnnotation.Read(resource.Object).Error is { } error)
        {
            yield return new ResourceFinding(
                FindingSeverity.Error,
                "InvalidDeleteOptions",
                $"metadata.annotations[{KubeFedNames.DeleteOptionsAnnotation}]",
                Show(resource.Object.Annotation(KubeFedNames.DeleteOptionsAnnotation)),
                error.TrimEnd('.'),
                """Write {"propagationPolicy":"Foreground","gracePeriodSeconds":30}, either of the two, or leave the annotation out.""");
        }
    }

    /// <summary>Annotations that count only when they are exactly "true".</summary>
    private static IEnumerable<ResourceFinding> Switches(FederatedResource resource)
    {
        var switches = new[]
        {
            (Name: KubeFedNames.OrphanAnnotation, Otherwise: "copies are deleted with the resource"),
            (Name: KubeFedNames.DeleteUnmanagedAnnotation, Otherwise: "namespaces that hold more than copies stay"),
        };
        foreach (var (name, otherwise) in switches)
        {
            if (resource.Object.Annotation(name) is { } value && value is not ("true" or "false" or ""))
            {
                yield return new ResourceFinding(
                    FindingSeverity.Warning,
                    "AnnotationWithoutEffect",
                    $"metadata.annotations[{name}]",
                    Show(value),
                    $"only \"true\" counts, in this spelling, so {otherwise}",
                    "Write \"true\", or leave the annotation out.");
            }
        }
    }

    private static IEnumerable<ResourceFinding> ManagedLabel(FederatedResource resource) =>
        from operation in Operations(resource)
        where operation.Path.Tokens.SequenceEqual(ManagedPath)
        select new ResourceFinding(
            FindingSeverity.Warning,
            "OverrideWithoutEffect",
            $"{operation.Field}.path",
            Show(operation.Path.ToString()),
            $"copies always carry {KubeFedNames.ManagedLabel}=true, whatever an override says",
            "Remove it. To have a cluster's copy left alone, set the label to false there, on the copy itself; to have none there, take the cluster out of the "
                + "placement.");

    private static IEnumerable<OverrideOperation> Operations(FederatedResource resource) =>
        OverrideSet.Of(resource).Rules.SelectMany(rule => rule.Operations);

    private static string Show(JsonNode? node) => FederatedResourceValidation.Show(node);
}
