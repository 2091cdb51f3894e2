using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate.Checking;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Federate;

/// <summary>
/// Finds what is wrong with a federated resource before anything is written; KubeFed found it only while propagating (P-55). Pure, and complete: all faults
/// are reported, not the first.
/// </summary>
/// <remarks>E-24, E-40 to E-43, E-71 to E-77, K-59.</remarks>
public static partial class FederatedResourceValidation
{
    private static readonly string[] TemplateSections = ["metadata", "spec"];

    public static IReadOnlyList<FieldFault> Check(FederatedResource resource)
    {
        var faults = new List<FieldFault>();
        if (HalfCharacter.Find(resource.Object.Json) is { } half)
        {
            faults.Add(new FieldFault("HalfCharacter", half.Path, string.Empty, half.Message, HalfCharacter.Remedy));
        }

        CheckIdentity(resource, faults);
        CheckAdoption(resource, faults);
        if (resource.Object.Spec is not { } spec)
        {
            faults.Add(new FieldFault("MissingSpec", "spec", string.Empty, "a federated resource needs a spec", "Add spec.template and spec.placement."));
            return faults;
        }

        faults.AddRange(UnknownFields.MistakesInSpec(spec));
        CheckTemplate(resource, spec["template"], faults);
        PlacementValidation.Check(spec["placement"], faults);
        var overrides = OverrideSet.Of(resource);
        faults.AddRange(overrides.Faults);
        var others = TargetIdentity.OfOverrides(overrides, resource).Concat(TemplateChecks.Run(resource));
        faults.AddRange(SecretValues.AreIn(resource.Type) ? others.Select(fault => fault.WithoutValue()) : others);
        return faults;
    }

    /// <exception cref="FederationException">The first fault by its id; the message lists all.</exception>
    public static FederatedResource ThrowIfFaulty(this FederatedResource resource)
    {
        var faults = Check(resource);
        if (faults.Count == 0)
        {
            return resource;
        }

        var name = Excerpt.Of($"{resource.Type.Federated.Kind} {resource.Key}");
        throw new FederationException(faults[0].Id, FederationProblem.Invalid, $"{name} is not valid: {FieldFault.Together(faults)}")
        {
            Remedy = string.Join(" ", faults.Select(fault => fault.Remedy).Distinct(StringComparer.Ordinal)),
            Target = name,
        };
    }

    internal static string Show(JsonNode? node) => JsonText.Write(node);

    private static void CheckIdentity(FederatedResource resource, List<FieldFault> faults)
    {
        var (type, value) = (resource.Type, resource.Object);
        if (LabelSyntax.CheckSubdomain(value.Name) is { Count: > 0 } errors)
        {
            faults.Add(new FieldFault(
                "InvalidName",
                "metadata.name",
                Show(value.Name),
                errors[0],
                "A federated resource is a custom resource: its name must be lower-case letters, digits, '-' and '.' even where the target's need not be."));
        }

        if (!type.Federated.Namespaced)
        {
            if (value.Namespace is { } superfluous)
            {
                faults.Add(new FieldFault(
                    "NamespaceNotAllowed", "metadata.namespace", Show(superfluous), $"{type.Federated.Kind} is not namespaced", "Leave the namespace out."));
            }
        }
        else if (value.Namespace is not { } @namespace)
        {
            faults.Add(new FieldFault(
                "NamespaceRequired", "metadata.namespace", string.Empty, $"{type.Federated.Kind} is namespaced", "Name the namespace it belongs to."));
        }
        else if (!Label().IsMatch(@namespace))
        {
            faults.Add(new FieldFault(
                "InvalidNamespace",
                "metadata.namespace",
                Show(@namespace),
                "a namespace name consists of at most 63 lower case alphanumeric characters or '-'",
                "Correct the namespace's name."));
        }
        else if (type.IsNamespaceType && @namespace != value.Name)
        {
            faults.Add(new FieldFault(
                "InvalidNamespace",
                "metadata.namespace",
                Show(@namespace),
                $"a FederatedNamespace must lie in the namespace it describes, {value.Name}",
                $"Make namespace and name the same: {value.Name}/{value.Name}."));
        }
    }

    private static void CheckAdoption(FederatedResource resource, List<FieldFault> faults)
    {
        if (AdoptionRule.Read(resource.Object, adoptResources: true).Error is not null)
        {
            faults.Add(new FieldFault(
                "InvalidAdoptionPolicy",
                $"metadata.annotations[{KubeFedNames.AdoptionPolicyAnnotation}]",
                Show(resource.AdoptionPolicy),
                "it is no adoption policy, so nothing is adopted",
                $"Write {string.Join(", ", AdoptionRule.Choices.SkipLast(1))} or {AdoptionRule.Choices[^1]}, or leave the annotation out."));
        }
    }

    private static void CheckTemplate(FederatedResource resource, JsonNode? template, List<FieldFault> faults)
    {
        var target = resource.Type.Target;

        // What a Secret's template holds is not repeated, wherever it stands.
        string Content(JsonNode? node) => SecretValues.AreIn(resource.Type) ? string.Empty : Show(node);

        if (template is null)
        {
            // E-50: an absent template is an empty one, which is all a namespace or a service account needs.
            return;
        }

        if (template is not JsonObject map)
        {
            faults.Add(new FieldFault(
                "InvalidTemplate", "spec.template", Content(template), "the template must be an object", $"Write the {target.Kind}'s fields as a map."));
            return;
        }

        var identity = TargetIdentity.OfTemplate(map, target);
        faults.AddRange(SecretValues.AreIn(resource.Type) ? identity.Select(fault => fault.WithoutValue()) : identity);
        foreach (var section in TemplateSections.Where(name => map[name] is not (null or JsonObject)))
        {
            faults.Add(new FieldFault(
                "InvalidTemplate", $"spec.template.{section}", Content(map[section]), "it must be an object", $"Write {section} as a map."));
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
