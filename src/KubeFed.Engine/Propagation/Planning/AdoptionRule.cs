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
/// <remarks>
/// P-47. The KubeFedConfig says how far adoption may go, for whoever writes a federated object need not be who looks after the members: adopting an object
/// means that deleting the resource deletes it. The annotation chooses what is stricter and is without effect where it asks for more.
/// </remarks>
public sealed record AdoptionRule(AdoptionPolicy Policy, string Origin, string? Error = null)
{
    private const string TakenOver = "this run takes over what is declared";

    /// <summary>For the host's own namespace, which is adopted whatever anybody says (S-49).</summary>
    public static AdoptionRule OwnNamespace { get; } = new(AdoptionPolicy.Adopt, "it is the host's own namespace");

    /// <summary>The annotation's words.</summary>
    public static IReadOnlyList<string> Choices { get; } = Enum.GetNames<AdoptionPolicy>();

    /// <summary>Nobody but an administrator of the federation can have the object adopted: in the KubeFedConfig, or by a sync that takes over.</summary>
    public bool IsAdministrators { get; private init; }

    /// <param name="federated">Whose annotation counts.</param>
    /// <param name="adoptResources">How far the KubeFedConfig lets adoption go.</param>
    /// <param name="takeOver">The run is to take over what is declared, whatever the KubeFedConfig says.</param>
    public static AdoptionRule Read(KubeObject federated, bool adoptResources, bool takeOver = false) =>
        federated.Annotation(KubeFedNames.AdoptionPolicyAnnotation) switch
        {
            null => Unannotated(adoptResources, takeOver),
            var text when Choices.Contains(text, StringComparer.Ordinal) => Annotated(text, adoptResources || takeOver),
            var text => new(
                AdoptionPolicy.Abort,
                $"annotation {KubeFedNames.AdoptionPolicyAnnotation} can't be read",
                $"annotation {KubeFedNames.AdoptionPolicyAnnotation} is '{text}'; it must be {string.Join(", ", Choices.SkipLast(1))} or {Choices[^1]}, "
                    + "in these letters, or be removed so that the KubeFedConfig decides"),
        };

    private static AdoptionRule Unannotated(bool adoptResources, bool takeOver) => (adoptResources, takeOver) switch
    {
        (true, _) => new(AdoptionPolicy.Adopt, "the KubeFedConfig says adoptResources: Enabled"),
        (_, true) => new(AdoptionPolicy.Adopt, TakenOver),
        _ => new(AdoptionPolicy.Abort, "the KubeFedConfig says adoptResources: Disabled") { IsAdministrators = true },
    };

    private static AdoptionRule Annotated(string text, bool allowed)
    {
        var annotation = $"{KubeFedNames.AdoptionPolicyAnnotation}={text}";
        var policy = Enum.Parse<AdoptionPolicy>(text);
        return allowed || policy == AdoptionPolicy.Abort
            ? new(policy, $"the resource is annotated {annotation}")
            : new(AdoptionPolicy.Abort, $"the KubeFedConfig says adoptResources: Disabled, which annotation {annotation} can't widen")
            {
                IsAdministrators = true,
            };
    }
}
