using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// The writes a run makes to a federated object: finalizer on, status, finalizer off; one request each unless somebody else writes at the same moment.
/// </summary>
/// <remarks>E-27, E-97, E-113.</remarks>
internal sealed class HostWriter(IKubeClient host, IEngineSink sink)
{
    private const int Attempts = 5;

    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    private static readonly WriteOptions Object = new() { FieldManager = KubeFedNames.FieldManager };

    private static readonly WriteOptions Status = new() { FieldManager = KubeFedNames.FieldManager, Subresource = "status" };

    /// <summary>The object with our finalizer on it, or null when it is gone or going.</summary>
    public async Task<KubeObject?> AddFinalizerAsync(FederatedType type, KubeObject value, CancellationToken cancellationToken) =>
        await EditAsync(
            type,
            value,
            current => current.IsDeleting ? null : [.. current.Finalizers, KubeFedNames.SyncFinalizer],
            current => current.Finalizers.Contains(KubeFedNames.SyncFinalizer),
            cancellationToken).ConfigureAwait(false) is { IsDeleting: false } done ? done : null;

    /// <summary>Takes our finalizer off; true when this call did it.</summary>
    public async Task<bool> RemoveFinalizerAsync(FederatedType type, KubeObject value, CancellationToken cancellationToken) =>
        await EditAsync(
            type,
            value,
            current => [.. current.Finalizers.Where(f => f != KubeFedNames.SyncFinalizer)],
            current => !current.Finalizers.Contains(KubeFedNames.SyncFinalizer),
            cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>
    /// Stores a status; <paramref name="next"/> makes it from the stored one and is asked again when that has changed. False: nothing to write.
    /// </summary>
    /// <param name="type">The federated type.</param>
    /// <param name="value">The object as last read or written.</param>
    /// <param name="known">Its status, where that has been read already; null where not.</param>
    /// <param name="next">What the status is to be.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    public async Task<bool> WriteStatusAsync(
        FederatedType type,
        KubeObject value,
        PropagationStatus? known,
        Func<PropagationStatus, PropagationStatus> next,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = attempt == 1 && known is not null ? known : PropagationStatus.Read(value);
            var wanted = next(stored);
            if (ReferenceEquals(wanted, stored))
            {
                return false;
            }

            try
            {
                var body = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["resourceVersion"] = value.ResourceVersion },
                    ["status"] = wanted.ToJson(value),
                };
                var written = await host.PatchAsync(type.Federated, value.Key, KubePatch.Merge(body), Status, cancellationToken).ConfigureAwait(false);
                WarnIfPruned(type, wanted, written);
                return true;
            }
            catch (KubeApiException error) when (error.IsConflict && attempt < Attempts)
            {
                if (await host.FindAsync(type.Federated, value.Key, cancellationToken).ConfigureAwait(false) is not { } fresh || fresh.Uid != value.Uid)
                {
                    return false;
                }

                value = fresh;
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                return false;
            }
        }
    }

    /// <summary>A definition that a KubeFed generated drops the version record, so that every run would have to send everything again.</summary>
    private void WarnIfPruned(FederatedType type, PropagationStatus wanted, KubeObject written)
    {
        if (wanted.Clusters.Any(c => c.AppliedHash is not null)
            && PropagationStatus.Read(written).Clusters.All(c => c.AppliedHash is null)
            && _warned.TryAdd(type.Name, true))
        {
            sink.Warning($"The definition of {type.Federated.Kind} is KubeFed's and can't hold the record of what was applied, "
                + $"so every sync sends every copy again. Run Enable-KubeFedType {type.Name} (or kubefed enable {type.Name}) once to renew it.");
        }
    }

    /// <summary>A merge patch of the finalizer list, bound to the version it was computed from so that finalizers of others survive.</summary>
    private async Task<KubeObject?> EditAsync(
        FederatedType type, KubeObject value, Func<KubeObject, JsonArray?> finalizers, Func<KubeObject, bool> done, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (done(value))
            {
                return value;
            }

            if (finalizers(value) is not { } list)
            {
                return null;
            }

            try
            {
                var body = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = value.ResourceVersion, ["finalizers"] = list } };
                return await host.PatchAsync(type.Federated, value.Key, KubePatch.Merge(body), Object, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException error) when (error.IsConflict && attempt < Attempts)
            {
                if (await host.FindAsync(type.Federated, value.Key, cancellationToken).ConfigureAwait(false) is not { } fresh || fresh.Uid != value.Uid)
                {
                    return null;
                }

                value = fresh;
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                return null;
            }
        }
    }
}
