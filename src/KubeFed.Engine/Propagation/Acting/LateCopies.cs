using System.Globalization;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Removes copies that were made after the deletion of their resource was complete, by a request that had been sent before it and arrived late: a creation
/// can't be bound to anything. Such a copy names the uid of a federated object that the host remembers as deleted. Whatever else nothing stands behind is released.
/// </summary>
/// <remarks>
/// A host that is restored from a backup knows fewer federated objects than there are copies, but it remembers none of these as deleted: the copies of an
/// object that was deleted before the backup were gone by then.
/// </remarks>
internal sealed class LateCopies(SyncScope scope)
{
    /// <summary>Servers note whole seconds.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromSeconds(1);

    /// <summary>Removes an orphan if it is such a copy; null when it is none.</summary>
    /// <param name="lane">The member.</param>
    /// <param name="type">Its type.</param>
    /// <param name="view">The type's copies in the member.</param>
    /// <param name="orphan">What nothing stands behind, and what would become of it.</param>
    /// <param name="deleted">What the host remembers; read after it was seen that nothing stands behind the orphan.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="KubeException">The member could not be read.</exception>
    public async Task<CellResult?> RemoveAsync(
        MemberLane lane, FederatedType type, MemberView view, Orphan orphan, Tombstones deleted, CancellationToken cancellationToken)
    {
        var version = orphan.Version;
        if (deleted.IsEmpty || scope.Self is null || version.Federation != scope.Self.Value)
        {
            return null;
        }

        var client = await lane.Connecting.ConfigureAwait(false);
        var found = await client.FindAsync(view.Resource, orphan.Key, cancellationToken).ConfigureAwait(false);
        if (found is null
            || found.Uid != version.Uid
            || found.IsDeleting
            || !scope.Self.Owns(found)
            || found.Annotation(KubeFedNames.FederationAnnotation) != scope.Self.Value
            || deleted.Find(found.Annotation(KubeFedNames.FederatedUidAnnotation)) is not { } tombstone
            || !tombstone.Covers(lane.Cluster)
            || !WasMadeByUs(found)
            || (type.IsNamespaceType && !await IsEmptyAsync(client, found.Name, cancellationToken).ConfigureAwait(false)))
        {
            return null;
        }

        var cell = orphan.Cell with
        {
            Action = PlanAction.Delete,
            Message = string.Empty,
            Note = $"its federated resource was deleted at {Timestamps.Write(tombstone.Deleted)}, and a delayed request made it again",
        };
        return scope.DryRun ? cell.Stand() : await DeleteAsync(lane, client, view.Resource, found, cell, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<CellResult> DeleteAsync(
        MemberLane lane, IKubeClient client, ApiResource resource, KubeObject found, CellPlan cell, CancellationToken cancellationToken)
    {
        try
        {
            var options = DeletionAnnotation.Unannotated with { PreconditionUid = found.Uid, PreconditionResourceVersion = found.ResourceVersion };
            await client.DeleteAsync(resource, found.Key, options, cancellationToken).ConfigureAwait(false);
            return cell.Gone();
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return cell.Gone(written: false);
        }
        catch (KubeApiException error) when (error.IsConflict)
        {
            return cell.Gone(written: false) with { Action = PlanAction.Wait, Note = $"{cell.Note}; it has just been changed, so the next sync looks again" };
        }
        catch (KubeException error)
        {
            var fault = MemberFault.OfWrite(cell.Action, error);
            lane.Report(fault);
            return cell.Failed(fault.Reason, fault.Message) with { Listed = false };
        }
    }

    /// <summary>
    /// Whether our apply made the object, and nobody had it before. Services of old servers are made by an apply without a guard, which takes over what is
    /// there.
    /// </summary>
    private static bool WasMadeByUs(KubeObject found) =>
        found.CreationTimestamp is { } made
        && ManagedEntry.Of(found).FirstOrDefault(entry => entry.IsOurs) is { IsOurs: true } ours
        && DateTimeOffset.TryParse(ours.Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var applied)
        && applied - made <= Same
        && ManagedEntry.Of(found).All(entry => string.CompareOrdinal(entry.Time, ours.Time) >= 0);

    /// <summary>Whether nobody has put anything into a namespace.</summary>
    private async Task<bool> IsEmptyAsync(IKubeClient client, string name, CancellationToken cancellationToken) =>
        (await NamespaceContents.ListAsync(client, name, scope.Self!.Owns, cancellationToken).ConfigureAwait(false)).Count == 0;
}

/// <summary>What carries our label in a member although the host has no federated object for it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Version">What was seen of it.</param>
/// <param name="Cell">What becomes of it unless something else is known.</param>
internal sealed record Orphan(ObjectKey Key, MemberVersion Version, CellPlan Cell);
