using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>One member's half of a preview: looks at a copy, asks the plan, and asks the member what the plan would come to.</summary>
internal sealed class CellPreview
{
    /// <summary>A member's object that keeps changing is compared as it was last seen.</summary>
    private const int Attempts = 4;

    private static readonly PropagationReason[] InTheWay =
        [PropagationReason.ManagedLabelFalse, PropagationReason.AlreadyExists, PropagationReason.OwnedByOtherFederation];

    private readonly MemberLane _lane;
    private readonly CancellationToken _cancellationToken;

    public CellPreview(Federation federation, MemberCluster cluster, SyncScope scope, CancellationToken cancellationToken)
    {
        _lane = cluster.Suspension is { } suspension
            ? MemberLane.Suspended(cluster, suspension)
            : MemberLane.Reading(cluster, federation.ConnectAsync(cluster, cancellationToken), scope, cancellationToken);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Null when the resource neither is nor should be in this cluster.</summary>
    public async Task<CellComparison?> CompareAsync(ResourcePlan plan)
    {
        if (_lane.Lost is { } lost)
        {
            return Unread(plan, lost);
        }

        try
        {
            return await LookAsync(plan, await _lane.Connecting.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error) when (MemberFault.Is(error))
        {
            var fault = MemberFault.OfLook(error);
            _lane.Report(fault);
            return Unread(plan, new MemberState.Unavailable(fault.Reason, fault.Message));
        }
    }

    public static CellComparison Uncompared(ResourcePlan plan, CellPlan cell) => new()
    {
        Resource = plan.Resource,
        Cluster = cell.Cluster,
        Action = cell.Action,
        Reason = cell.Reason,
        Message = cell.Message,
        Compared = false,
    };

    private CellComparison? Unread(ResourcePlan plan, MemberState.Unavailable state) =>
        plan.Decide(_lane.Name, state) is { Action: not PlanAction.None } cell ? Uncompared(plan, cell) : null;

    private async Task<CellComparison?> LookAsync(ResourcePlan plan, IKubeClient client)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (resource, actual) = await _lane.GetAsync(client, plan.Resource, _cancellationToken).ConfigureAwait(false);
            var cell = plan.Decide(
                _lane.Name, actual is null ? MemberState.Absent : MemberState.Found(MemberVersion.Of(actual, self: plan.Self), actual, recordsScaling: _lane.Cluster.RecordsScaling));
            if (cell.NeedsPreview)
            {
                var writer = new CellWriter(client, plan, resource, withStatus: false, _lane.Guards);
                cell = await writer.PreviewAsync(cell, _cancellationToken).ConfigureAwait(false);
            }

            if (cell is { Action: PlanAction.None, Listed: false })
            {
                return null;
            }

            cell = await NamespaceSafety.SpareAsync(client, plan, cell, _cancellationToken).ConfigureAwait(false);
            if (cell.Action is PlanAction.Delete or PlanAction.Unmanage or PlanAction.Wait)
            {
                return await LeavingAsync(plan, cell, actual!, client).ConfigureAwait(false);
            }

            if (Desired(plan, cell) is not { } desired)
            {
                return Uncompared(plan, cell);
            }

            if (actual is not null && desired.ChoosesVersion && desired.Json.Text("apiVersion") != resource.ApiVersion)
            {
                // Two versions of a type can't be compared field by field (E-53).
                var (chosen, _) = CellWriter.Body(resource, desired, null, string.Empty, null);
                actual = await client.GetAsync(chosen, plan.Resource.TargetKey, _cancellationToken).ConfigureAwait(false);
            }

            try
            {
                var foreseen = await ForeseenCopy.AskAsync(client, plan, resource, desired, actual, cell, _cancellationToken).ConfigureAwait(false);
                return Compared(plan, cell, actual is null
                    ? [Absent(desired)]
                    : ObjectComparison.WithForeseen(new(Unmarked(actual.Json)), new(Unmarked(foreseen.Json)), Unmarked(desired.Json)));
            }
            catch (KubeApiException moved) when ((moved.IsConflict || (actual is not null && moved.IsNotFound)) && attempt < Attempts)
            {
                // Somebody wrote between the look and the question.
            }
            catch (KubeApiException refused) when (!refused.IsUnauthorized)
            {
                var fields = actual is null ? [Absent(desired)] : ObjectComparison.WithDesired(new(Unmarked(actual.Json)), Unmarked(desired.Json));
                return Refused(Compared(plan, cell, fields), cell, MemberFault.OfWrite(cell.Action, refused), refused);
            }
        }
    }

    /// <summary>What the copy should be, also where the plan leaves it alone; null when nothing can be made.</summary>
    private DesiredObject? Desired(ResourcePlan plan, CellPlan cell)
    {
        if (cell.Desired is { } planned)
        {
            return planned;
        }

        // None, and the cases where something of the member's stands in the way: what should be there is still worth knowing.
        if (!(cell.Action == PlanAction.None || InTheWay.Contains(cell.Reason))
            || plan is not { Phase: ResourcePhase.Propagating, Placement.IsKnown: true, Source.Error: null }
            || !plan.Placement.Selects(cell.Cluster))
        {
            return null;
        }

        try
        {
            return plan.Source.For(ClusterFacts.Of(_lane.Cluster));
        }
        catch (OverrideException)
        {
            // What stands in the way is told already; the override will be once that is gone.
            return null;
        }
    }

    private async Task<CellComparison> LeavingAsync(ResourcePlan plan, CellPlan cell, KubeObject actual, IKubeClient client)
    {
        if (await NamespaceSafety.CheckAsync(client, plan, cell, _cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            cell = cell with { Action = PlanAction.Error, Reason = refusal.Reason, Message = refusal.Message };
        }

        var stays = cell.Action == PlanAction.Wait && plan.Phase == ResourcePhase.Propagating && plan.Placement.Selects(cell.Cluster);
        var seen = actual.Clone();
        seen.Metadata.Remove("managedFields");
        return Compared(plan, cell, [cell.Action == PlanAction.Unmanage
            ? new FieldComparison
            {
                Path = JsonPointer.Root.Append("metadata").Append("labels").Append(KubeFedNames.ManagedLabel).ToString(),
                State = FieldState.Leftover,
                Actual = actual.Label(KubeFedNames.ManagedLabel),
                Owners = Owners(actual),
            }
            : new FieldComparison { Path = "/", State = stays ? FieldState.Differs : FieldState.Leftover, Actual = seen.Json, Owners = Owners(actual) }]);
    }

    private static IReadOnlyList<FieldOwner> Owners(KubeObject actual) => [.. OwnerTrail.Of(actual).Select(trail => trail.Owner)];

    private static FieldComparison Absent(DesiredObject desired) => new()
    {
        Path = "/",
        Pointer = string.Empty,
        State = FieldState.Missing,
        Desired = desired.ToKubeObject().Json,
    };

    private static CellComparison Compared(ResourcePlan plan, CellPlan cell, IReadOnlyList<FieldComparison> fields) => new()
    {
        Resource = plan.Resource,
        Cluster = cell.Cluster,
        Action = cell.Action,
        Reason = cell.Reason,
        Message = cell.Message,
        Fields = SecretMask.Applies(plan.Resource.Type) ? [.. fields.Select(SecretMask.Over)] : fields,
    };

    /// <summary>Without the marks of whose copy it is: nobody declares those, and a copy that lacks them is in sync all the same.</summary>
    private static JsonObject Unmarked(JsonObject value)
    {
        var copy = (JsonObject)value.DeepClone();
        if (copy["metadata"] is JsonObject metadata)
        {
            CopyMarks.Remove(metadata);
        }

        return copy;
    }

    /// <summary>What the server's refusal of the dry run says of the sync to come.</summary>
    private static CellComparison Refused(CellComparison comparison, CellPlan cell, MemberFault fault, KubeApiException refused)
    {
        var expected =
            // Its namespace is made by the same sync, before it.
            (cell.Action == PlanAction.Create && refused.IsNotFound && refused.Status.Kind == "namespaces")
            // A server without the guard of creations is answered by a look in the sync.
            || (cell.Action == PlanAction.Create && CreationGuards.IsRefusal(refused))
            // A webhook that can't take part in a dry run refuses only that.
            || refused.Message.Contains("dry run", StringComparison.OrdinalIgnoreCase)
            // Nothing will be sent.
            || !cell.Writes;
        return expected ? comparison : comparison with { Reason = fault.Reason, Message = fault.Message };
    }
}
