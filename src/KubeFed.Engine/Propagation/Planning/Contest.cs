using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What becomes of an object of the resource's name that another federation propagates.</summary>
/// <remarks>P-56. Whoever came first keeps it; fighting over it would leave it to whoever synchronised last.</remarks>
internal static class Contest
{
    /// <summary>Leaves it alone and names the other, or takes it over.</summary>
    /// <param name="seen">The cell as far as it is decided.</param>
    /// <param name="type">Of the resource.</param>
    /// <param name="takeOver">The request is to take such copies over.</param>
    /// <param name="desire">Gives a cell what is to be applied, or the error that stands against it.</param>
    public static CellPlan Decide(CellPlan seen, FederatedType type, bool takeOver, Func<CellPlan, CellPlan> desire)
    {
        var other = seen.Version!.Federation;
        var (manager, time) = seen.Version.FederationWriter ?? (string.Empty, string.Empty);
        var by = manager.Length == 0 ? other : $"{other} (field manager {manager})";
        var since = time.Length == 0 ? string.Empty : $"that federation wrote it at {time}";
        const string remedy = "if that federation is gone, or was this one before its host was restored elsewhere, take over: Invoke-KubeFedSync -TakeOver";
        if (takeOver)
        {
            return desire(seen with { Action = PlanAction.Adopt, Note = $"taken over from federation {other}{(since.Length == 0 ? since : $"; {since}")}" });
        }

        var left = seen with { Reason = PropagationReason.OwnedByOtherFederation, Note = since };
        return type.IsNamespaceType
            ? left with
            {
                Action = PlanAction.Skip,
                Message = $"federation {by} propagates this namespace here, so it is left as it is; what is in it is propagated all the same; {remedy}",
            }
            : left with
            {
                Action = PlanAction.Error,
                Message = $"federation {by} propagates an object of this name here, so it is left alone; take the cluster out of one of the two placements, "
                    + $"rename one of the two resources, or, {remedy}",
            };
    }
}
