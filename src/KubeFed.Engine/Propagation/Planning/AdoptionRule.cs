using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What becomes of an object of a resource's name that a member holds without our label.</summary>
public enum AdoptionPolicy
{
    /// <summary>It is taken over, and the fields that are declared are set.</summary>
    Adopt,

    /// <summary>It is left alone and reported.</summary>
    Abort,

    /// <summary>It is taken over if that changes nothing in it; else it is left alone, and what differs is reported.</summary>
    AdoptIfIdentical,
}

/// <summary>The adoption policy of one federated object.</summary>
/// <param name="Policy">What applies; nothing is adopted while there is an <paramref name="Error"/>.</param>
/// <param name="Origin">Where it comes from, in words that follow "because".</param>
/// <param name="Error">Why the annotation can't be read; null when it can.</param>
/// <remarks>P-47.</remarks>
public sealed record AdoptionRule(AdoptionPolicy Policy, string Origin, string? Error = null)
{
    /// <summary>For the host's own namespace, which is adopted whatever anybody says (S-49).</summary>
    public static AdoptionRule OwnNamespace { get; } = new(AdoptionPolicy.Adopt, "it is the host's own namespace");

    /// <summary>The annotation's words.</summary>
    public static IReadOnlyList<string> Choices { get; } = Enum.GetNames<AdoptionPolicy>();

    /// <param name="federated">Whose annotation counts.</param>
    /// <param name="adoptResources">What the KubeFedConfig says where there is no annotation.</param>
    public static AdoptionRule Read(KubeObject federated, bool adoptResources) => federated.Annotation(KubeFedNames.AdoptionPolicyAnnotation) switch
    {
        null => adoptResources
            ? new(AdoptionPolicy.Adopt, "the KubeFedConfig says adoptResources: Enabled")
            : new(AdoptionPolicy.Abort, "the KubeFedConfig says adoptResources: Disabled"),
        var text when Choices.Contains(text, StringComparer.Ordinal) =>
            new(Enum.Parse<AdoptionPolicy>(text), $"the resource is annotated {KubeFedNames.AdoptionPolicyAnnotation}={text}"),
        var text => new(
            AdoptionPolicy.Abort,
            $"annotation {KubeFedNames.AdoptionPolicyAnnotation} can't be read",
            $"annotation {KubeFedNames.AdoptionPolicyAnnotation} is '{text}'; it must be {string.Join(", ", Choices.SkipLast(1))} or {Choices[^1]}, "
                + "in these letters, or be removed so that the KubeFedConfig decides"),
    };
}
