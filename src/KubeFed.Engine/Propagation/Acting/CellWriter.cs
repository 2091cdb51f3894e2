using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Carries out one cell's plan in its member. Every write is guarded by what the plan has seen; where the member has moved on, the object is read again and
/// the same plan asked again, so nothing is ever taken over, overwritten or deleted by accident.
/// </summary>
/// <param name="client">The member.</param>
/// <param name="plan">The resource's plan.</param>
/// <param name="target">The target type in the version the member serves (P-53).</param>
/// <param name="withStatus">Whether the copies' status is collected.</param>
/// <param name="guards">What is known of how the member creates.</param>
internal sealed class CellWriter(IKubeClient client, ResourcePlan plan, ApiResource target, bool withStatus, CreationGuards guards)
{
    /// <summary>A member that keeps moving is left for the next sync.</summary>
    private const int Attempts = 4;

    /// <summary>
    /// No object has this resourceVersion any more: an apply that names it creates the object where there is none and meets a conflict where there is one.
    /// A plain apply would take over whatever is there, and a POST would own the fields in a way that later applies could not remove.
    /// </summary>
    internal const string NeverCurrent = "1";

    private static readonly WriteOptions Apply = new() { FieldManager = KubeFedNames.FieldManager, Force = true };

    private static readonly WriteOptions Patch = new() { FieldManager = KubeFedNames.FieldManager };

    private FederatedResource Resource => plan.Resource;

    /// <summary>What the plan says once the object has been looked up by name, and the member asked what applying would change where that decides.</summary>
    /// <exception cref="KubeException">It could not be read.</exception>
    public async Task<CellPlan> DecideAsync(string cluster, CancellationToken cancellationToken)
    {
        var cell = plan.Decide(cluster, await LookAsync(cancellationToken).ConfigureAwait(false));
        return cell.NeedsPreview ? await PreviewAsync(cell, cancellationToken).ConfigureAwait(false) : cell;
    }

    /// <summary>Does what the cell says. A refusal by the member ends in the result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; whether a write went through is then unknown.</exception>
    public async Task<(CellResult Result, MemberFault? Fault)> ExecuteAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await StepAsync(cell, cancellationToken).ConfigureAwait(false) is { } result)
                {
                    return (result, null);
                }

                if (attempt == Attempts)
                {
                    return (cell.Failed(PropagationReason.UpdateFailed, "the member makes the object anew instead of changing it, and keeps losing it"), null);
                }
            }
            catch (KubeApiException moved) when (HasMoved(cell, moved) && attempt < Attempts)
            {
                // Decided anew below.
            }
            catch (KubeException error)
            {
                var fault = MemberFault.OfWrite(cell.Action, error);
                return (cell.Failed(fault.Reason, fault.Message), fault);
            }

            try
            {
                var again = await DecideAsync(cell.Cluster, cancellationToken).ConfigureAwait(false);
                cell = cell.Spared && again.Action == PlanAction.Delete ? again.Spare(cell.Note) : again;
            }
            catch (KubeException error)
            {
                var unseen = MemberFault.OfLook(error);
                return (cell.Failed(unseen.Reason, unseen.Message), unseen);
            }

            if (!cell.Writes)
            {
                return (cell.Stand(), null);
            }
        }
    }

    /// <summary>Lets the member say what our apply would change in an object of others, and asks the plan again. Nothing is stored.</summary>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public async Task<CellPlan> PreviewAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        var content = cell.Content!;
        try
        {
            var (resource, value) = Body(target, cell.Desired!, content.Uid, content.ResourceVersion, null);
            var preview = await client.ApplyAsync(resource, value, Apply with { DryRun = true }, cancellationToken).ConfigureAwait(false);
            return plan.Decide(cell.Cluster, MemberState.Found(cell.Version!, content, preview));
        }
        catch (KubeApiException error)
        {
            return cell with { Message = $"{cell.Message} (what an apply would change could not be found out: {error.Message})" };
        }
    }

    /// <summary>Lets the member say whether it would take what the cell applies. Nothing is stored.</summary>
    /// <returns>Why it would not; null when it would, or when only what comes before it in the run can make it possible.</returns>
    public async Task<MemberFault?> RehearseAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        var (resource, value) = Body(
            target, cell.Desired!, cell.Version?.Uid, cell.Version?.ResourceVersion ?? NeverCurrent, cell.InitialReplicas);
        try
        {
            await client.ApplyAsync(resource, value, Apply with { DryRun = true }, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (KubeApiException early) when (early.IsConflict || (early.IsNotFound && cell.Action == PlanAction.Create))
        {
            return null;
        }
        catch (KubeException error)
        {
            return MemberFault.OfWrite(cell.Action, error);
        }
    }

    private async Task<MemberState> LookAsync(CancellationToken cancellationToken) =>
        await client.FindAsync(target, Resource.TargetKey, cancellationToken).ConfigureAwait(false) is { } found
            ? MemberState.Found(MemberVersion.Of(found, withStatus, plan.Self), found)
            : MemberState.Absent;

    private static bool HasMoved(CellPlan cell, KubeApiException error) =>
        error.IsConflict || error.IsAlreadyExists || (error.IsNotFound && cell is { Action: PlanAction.Update or PlanAction.Adopt });

    /// <summary>Null when the member made anew what was to be changed; that is undone, and the plan must be asked again.</summary>
    private async Task<CellResult?> StepAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        switch (cell.Action)
        {
            case PlanAction.Create:
                return await CreateAsync(cell, cancellationToken).ConfigureAwait(false);
            case PlanAction.Adopt:
                return await ApplyAsync(cell, cell.Version!.Uid, cell.Version.ResourceVersion, null, cancellationToken).ConfigureAwait(false);
            case PlanAction.Update:
                return await UpdateAsync(cell, cancellationToken).ConfigureAwait(false);
            case PlanAction.Delete:
                return await DeleteAsync(cell, cancellationToken).ConfigureAwait(false);
            case PlanAction.Unmanage:
                return await UnmanageAsync(cell, cancellationToken).ConfigureAwait(false);
            default:
                return cell.Stand();
        }
    }

    private async Task<CellResult?> CreateAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        if (guards.Works(Resource.Type))
        {
            try
            {
                return await ApplyAsync(cell, null, NeverCurrent, cell.InitialReplicas, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException refused) when (CreationGuards.IsRefusal(refused))
            {
                guards.Forgo(Resource.Type);
            }
        }

        // Without the guard a look must do; only somebody who creates the same object in this very moment can still be overlooked.
        var decided = await DecideAsync(cell.Cluster, cancellationToken).ConfigureAwait(false);
        return decided.Action == PlanAction.Create ? await ApplyAsync(decided, null, string.Empty, decided.InitialReplicas, cancellationToken).ConfigureAwait(false)
            : decided.Writes ? await StepAsync(decided, cancellationToken).ConfigureAwait(false)
            : decided.Stand();
    }

    private async Task<CellResult?> UpdateAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        var (uid, version) = (cell.Version!.Uid, cell.Version.ResourceVersion);
        JsonNode? replicas = null;
        var keepsReplicas = Resource.RetainReplicas
            && cell.Version.OwnsReplicas
            && cell.Desired!.Json["spec"] is JsonObject spec
            && !spec.ContainsKey("replicas");
        if (keepsReplicas || cell.TakeOver)
        {
            var current = await client.GetAsync(target, Resource.TargetKey, cancellationToken).ConfigureAwait(false);
            (uid, version) = (current.Uid, current.ResourceVersion);
            if (cell.TakeOver && OwnershipTakeOver.Patch(current) is { } patch)
            {
                current = await client.PatchAsync(target, Resource.TargetKey, patch, Patch, cancellationToken).ConfigureAwait(false);
                version = current.ResourceVersion;
            }

            // As long as nobody else has claimed them the replicas are ours, and leaving them out would reset them; so they are applied as they stand.
            if (Resource.RetainReplicas && MemberVersion.Of(current).OwnsReplicas)
            {
                replicas = current.Spec?["replicas"];
            }
        }

        return await ApplyAsync(cell, uid, version, replicas, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CellResult?> ApplyAsync(CellPlan cell, string? uid, string version, JsonNode? replicas, CancellationToken cancellationToken)
    {
        var (resource, value) = Body(target, cell.Desired!, uid, version, replicas);
        if (cell.Action == PlanAction.Adopt || cell.Version is { NamesResource: false })
        {
            // Somebody else made it, or we did before, so nothing may ever take it for a copy that was made too late.
            value.SetAnnotation(KubeFedNames.FederatedUidAnnotation, null);
        }

        var now = await client.ApplyAsync(resource, value, Apply, cancellationToken).ConfigureAwait(false);
        if (uid is { Length: > 0 } && now.Uid != uid)
        {
            await UndoAsync(resource, now, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var result = cell.Applied(MemberVersion.Of(now, withStatus, plan.Self));
        return cell is { Action: PlanAction.Adopt, Content: { } content } ? result with { Note = Meeting.Done(content, now) } : result;
    }

    /// <summary>
    /// Deletes what a member made of an update whose object was gone, and nothing else. Kubernetes refuses such an update for its uid; a server, or something
    /// in front of it, that drops the uid brings a deleted copy back.
    /// </summary>
    private async Task UndoAsync(ApiResource resource, KubeObject made, CancellationToken cancellationToken)
    {
        try
        {
            await client
                .DeleteAsync(resource, made.Key, DeletionAnnotation.Unannotated with { PreconditionUid = made.Uid }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // It is gone, or another one has taken its place.
        }
    }

    /// <summary>What an apply sends, and as which version of the type.</summary>
    /// <param name="target">The type in the version the member serves.</param>
    /// <param name="desired">What is declared.</param>
    /// <param name="uid">Of the object that is to be changed, without which an apply makes it anew where it is gone; null to create.</param>
    /// <param name="version">The resourceVersion that guards the apply.</param>
    /// <param name="replicas">Replicas to declare where the template leaves them out.</param>
    internal static (ApiResource Resource, KubeObject Value) Body(
        ApiResource target, DesiredObject desired, string? uid, string version, JsonNode? replicas)
    {
        var value = desired.ToKubeObject();
        value.ResourceVersion = version;
        if (uid is { Length: > 0 })
        {
            value.Metadata["uid"] = uid;
        }

        if (replicas is not null && value.Json["spec"] is JsonObject spec && !spec.ContainsKey("replicas"))
        {
            spec["replicas"] = replicas.DeepClone();
        }

        if (!desired.ChoosesVersion)
        {
            value.Json["apiVersion"] = target.ApiVersion;
            return (target, value);
        }

        // Template or override may choose another version of the type than the one that is enabled (E-53).
        return (value.Gvk.Version == target.Version ? target : target with { Version = value.Gvk.Version }, value);
    }

    private async Task<CellResult> DeleteAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        var options = cell.Deletion with { PreconditionUid = cell.Version!.Uid };
        try
        {
            var left = await client.DeleteAsync(target, Resource.TargetKey, options, cancellationToken).ConfigureAwait(false);
            if (left is null)
            {
                return cell.Gone();
            }
        }
        catch (KubeApiException gone) when (gone.IsNotFound)
        {
            return cell.Gone(written: false);
        }

        // Some servers answer with the object although it is gone, and some types wait for finalizers or a grace period: only a look tells (E-96).
        return await LookAsync(cancellationToken).ConfigureAwait(false) is MemberState.Known { Version: { } still } && still.Uid == cell.Version!.Uid
            ? cell.Leaving()
            : cell.Gone();
    }

    private async Task<CellResult> UnmanageAsync(CellPlan cell, CancellationToken cancellationToken)
    {
        var patch = CopyMarks.Removal(cell.Version!.Uid, cell.Version.ResourceVersion);
        try
        {
            await client.PatchAsync(target, Resource.TargetKey, patch, Patch, cancellationToken).ConfigureAwait(false);
            return cell.Gone();
        }
        catch (KubeApiException gone) when (gone.IsNotFound)
        {
            return cell.Gone(written: false);
        }
    }
}
