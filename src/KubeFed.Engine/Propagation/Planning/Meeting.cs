using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What becomes of an object of the resource's name that was there before this federation came, and the words for it.</summary>
/// <remarks>P-47: an adoption is told with what it changes, a refusal with its reasons.</remarks>
internal static class Meeting
{
    private const int Named = 3;

    /// <summary>Adopts or refuses.</summary>
    /// <param name="rule">What the configuration and the resource say.</param>
    /// <param name="seen">The cell as far as it is decided.</param>
    /// <param name="met">The object, with its content where that has been read.</param>
    /// <param name="desire">Gives a cell what is to be applied, or the error that stands against it.</param>
    public static CellPlan Decide(AdoptionRule rule, CellPlan seen, MemberState.Known met, Func<CellPlan, CellPlan> desire)
    {
        var refused = seen with { Action = PlanAction.Error, Reason = PropagationReason.AlreadyExists };
        if (rule.Error is not null)
        {
            return refused with { Message = $"an object of this name exists and was not made by this federation, and {rule.Error}" };
        }

        if (rule.Policy == AdoptionPolicy.Abort)
        {
            return refused with
            {
                Message = $"an object of this name exists and was not made by this federation, and {rule.Origin}; delete it, rename the resource, or "
                    + (rule.IsAdministrators
                        ? "have an administrator of the federation take it over: Invoke-KubeFedSync -TakeOver, or kubefed sync --take-over"
                        : $"annotate the resource {KubeFedNames.AdoptionPolicyAnnotation}={nameof(AdoptionPolicy.Adopt)} or "
                            + nameof(AdoptionPolicy.AdoptIfIdentical)),
            };
        }

        var adopted = desire(seen with { Action = PlanAction.Adopt, Content = met.Content });
        if (adopted.Desired is not { } desired)
        {
            return adopted;
        }

        adopted = adopted with { Note = Foreseen(met.Content, desired) };
        if (rule.Policy == AdoptionPolicy.Adopt)
        {
            return adopted;
        }

        if (met.Content is not { } content)
        {
            return adopted with { NeedsLook = true };
        }

        var differences = FieldDifferences.Within(content, desired);
        if (differences.Count > 0 && met.Preview is { } preview)
        {
            // The member knows its defaults, its quantities and which of its lists have keys; what it would not change is no difference.
            differences = FieldDifferences.Between(content, preview);
        }

        return differences.Count == 0
            ? adopted with { Note = Identical(content) }
            : refused with
            {
                Content = content,
                Desired = desired,
                NeedsPreview = met.Preview is null,
                Message = $"an object of this name exists and was not made by this federation, {rule.Origin}, and it is not identical: "
                    + FieldDifferences.Describe(differences, ("is", "should be")),
            };
    }

    /// <summary>What taking it over has changed.</summary>
    public static string Done(KubeObject content, KubeObject now)
    {
        var differences = FieldDifferences.Between(content, now);
        return differences.Count == 0
            ? $"{There(content)}; nothing in it had to change"
            : $"{There(content)}; {FieldDifferences.Describe(differences, ("was", "is now"))}";
    }

    /// <summary>What taking it over would change.</summary>
    private static string Foreseen(KubeObject? content, DesiredObject desired)
    {
        if (content is null)
        {
            return "an object of this name was there already";
        }

        var differences = FieldDifferences.Within(content, desired);
        return differences.Count == 0
            ? Identical(content)
            : $"{There(content)}; {FieldDifferences.Describe(differences, ("is", "should be"))}";
    }

    /// <summary>That taking it over changes nothing.</summary>
    private static string Identical(KubeObject content) => $"{There(content)}; all that is declared has its value already";

    private static string There(KubeObject content)
    {
        var writers = Writers(content);
        return writers.Length == 0 ? "an object of this name was there already" : $"an object of this name, written by {writers}, was there already";
    }

    private static string Writers(KubeObject content)
    {
        var names = ManagedEntry.Of(content).Where(entry => entry.Subresource.Length == 0).Select(entry => entry.Manager)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : string.Empty);
    }
}
