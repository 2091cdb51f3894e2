using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>The federated objects of a type that is about to be disabled: nobody will look at them afterwards.</summary>
/// <remarks>P-50, cli.md section 5 step 3.</remarks>
internal sealed class TypeResources(Federation federation, FederatedType type, DisableRequest request, IEngineSink sink)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Does to them what the request's policy says.</summary>
    /// <exception cref="FederationException">
    /// <c>FederatedResourcesExist</c>: the definition is to go and they would go with it; <c>ResourcesWouldBeStranded</c>;
    /// <c>ResourcesRemain</c>: they could not all be deleted; <c>TypeDisabledAlready</c>, <c>PropagationGateOff</c>: nothing propagates their deletion.
    /// </exception>
    public async Task SettleAsync(ObjectWriter writer, CancellationToken cancellationToken)
    {
        var instances = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (instances.Count == 0)
        {
            return;
        }

        if (request.Resources == ResourcePolicy.Delete)
        {
            await DeleteAsync(writer, instances, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (request.DeleteCrd)
        {
            throw Exist(instances);
        }

        var held = instances.Where(instance => instance.Finalizers.Contains(KubeFedNames.SyncFinalizer)).ToList();
        switch (request.Resources)
        {
            case ResourcePolicy.Release:
                await ReleaseAsync(writer, held, cancellationToken).ConfigureAwait(false);
                break;
            case ResourcePolicy.Refuse when held.Count > 0:
                throw Stranded(held);
            default:
                sink.Warning(
                    $"{instances.Count} {type.Federated.Kind} objects and their copies stay as they are and are no longer propagated; "
                        + $"{held.Count} of them have the finalizer {KubeFedNames.SyncFinalizer}, so deleting one waits until the type is enabled again.");
                break;
        }
    }

    /// <exception cref="FederationException"><c>FederatedResourcesExist</c>: somebody created one meanwhile.</exception>
    public async Task RefuseAnyAsync(CancellationToken cancellationToken)
    {
        // In a dry run those that would have been deleted are still there.
        if (!request.DryRun && await ListAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } instances)
        {
            throw Exist(instances);
        }
    }

    /// <summary>
    /// Lets go of the copies of a type that is released, once nothing propagates it any more: they stay, without our marks. A cluster that can't be asked is
    /// warned of by name.
    /// </summary>
    public async Task ReleaseCopiesAsync(ChangeLog log, CancellationToken cancellationToken)
    {
        if (request.Resources != ResourcePolicy.Release)
        {
            return;
        }

        await foreach (var released in federation.Sync.ReleaseAsync(type, request.DryRun, sink, cancellationToken).ConfigureAwait(false))
        {
            if (released.Succeeded)
            {
                log.Add(ChangeKind.Update, released.Cluster!, type.Target.Kind, type.TargetOf(released.Resource).ToString());
                continue;
            }

            var what = released.Resource.Name.Length == 0 ? $"The {type.Target.Plural}" : $"{type.Target.Kind} {released.Resource}";
            sink.Warning(
                $"{what} in {released.Cluster} could not be released: {released.Message.TrimEnd('.')}. The label {KubeFedNames.ManagedLabel} stays there; enable the type again "
                    + "and disable it with -ResourcePolicy Release once the cluster answers, or take the label off by hand.");
        }
    }

    private async Task ReleaseAsync(ObjectWriter writer, IReadOnlyList<KubeObject> held, CancellationToken cancellationToken)
    {
        foreach (var instance in held)
        {
            if (writer.DryRun
                || await Finalizers.RemoveAsync(writer.Client, type.Federated, instance, KubeFedNames.SyncFinalizer, cancellationToken).ConfigureAwait(false))
            {
                writer.Log.Add(ChangeKind.Update, writer.Cluster, type.Federated.Kind, instance.Key.ToString());
            }
        }
    }

    /// <summary>Deletes them as a user would: marks them, and lets syncs remove their copies until none is left.</summary>
    private async Task DeleteAsync(ObjectWriter writer, IReadOnlyList<KubeObject> instances, CancellationToken cancellationToken)
    {
        if (!type.PropagationEnabled || type.Source.Uid.Length == 0)
        {
            throw new FederationException(
                "TypeDisabledAlready",
                FederationProblem.NotReady,
                $"Propagation of {type.Name} is disabled, so nothing would remove the copies of its {instances.Count} federated resources.")
            {
                Remedy = $"Run Enable-KubeFedType {type.Name} first, or release the resources.",
                Target = type.Name,
            };
        }

        if ((await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false)).WhyNotPropagating is { } off)
        {
            throw new FederationException(
                "PropagationGateOff",
                FederationProblem.NotReady,
                $"Nothing would remove the copies of the {instances.Count} federated resources of {type.Name}: {off}.")
            {
                Remedy = "Run Set-KubeFedConfig -FeatureGate @{ PushReconciler = $true } first, or release the resources.",
                Target = type.Name,
            };
        }

        foreach (var instance in instances)
        {
            await writer.DeleteAsync(type.Federated, instance.Key, instance.Uid, cancellationToken).ConfigureAwait(false);
            LogCopies(writer, new FederatedResource(type, instance));
        }

        if (writer.DryRun)
        {
            return;
        }

        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        var gone = await Polling.UntilAsync<object>(
            federation.Time,
            Interval,
            Patience,
            async () =>
            {
                await SyncAsync(failures, cancellationToken).ConfigureAwait(false);
                return failures.Count > 0 || (await ListAsync(cancellationToken).ConfigureAwait(false)).Count == 0 ? type : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (gone is null || failures.Count > 0)
        {
            var left = await ListAsync(cancellationToken).ConfigureAwait(false);
            var why = failures.Count > 0
                ? string.Join("; ", failures.Select(failure => $"{failure.Key}: {failure.Value}"))
                : "their copies are still being deleted";
            throw new FederationException(
                "ResourcesRemain", FederationProblem.Failed, $"{left.Count} {type.Federated.Kind} objects could not be deleted: {why}.")
            {
                Remedy = "The type stays enabled. Remove the cause and run the command again, or release the resources, which leaves their copies.",
                Target = type.Name,
            };
        }
    }

    private async Task SyncAsync(Dictionary<string, string> failures, CancellationToken cancellationToken)
    {
        failures.Clear();
        var sync = new SyncRequest { Types = [type.Name] };
        await foreach (var outcome in federation.Sync.RunAsync(sync, sink, cancellationToken).ConfigureAwait(false))
        {
            if (!outcome.Succeeded && outcome.Reason != PropagationReason.WaitingForRemoval)
            {
                failures[$"{outcome.Resource} in {outcome.Cluster ?? federation.Options.HostName}"] =
                    outcome.Message.Length > 0 ? outcome.Message : outcome.Reason.ToString();
            }
        }
    }

    /// <summary>Where the recorded status says copies are; the syncs that follow see for themselves.</summary>
    private void LogCopies(ObjectWriter writer, FederatedResource resource)
    {
        if (resource.Orphan)
        {
            return;
        }

        foreach (var cluster in resource.Object.Status.Maps("clusters").Select(entry => entry.Text("name")).OfType<string>())
        {
            writer.Log.Add(ChangeKind.Delete, cluster, type.Target.Kind, type.IsNamespaceType ? resource.Key.Name : resource.Key.ToString());
        }
    }

    private async Task<IReadOnlyList<KubeObject>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Where the copies are is in the status, which only deleting asks for.
            var query = new ListQuery { MetadataOnly = request.Resources != ResourcePolicy.Delete };
            var list = await federation.Host.ListAsync(type.Federated, query, cancellationToken).ConfigureAwait(false);
            return list.Items;
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }

    private FederationException Exist(IReadOnlyList<KubeObject> instances) => new(
        "FederatedResourcesExist",
        FederationProblem.Refused,
        $"Cannot delete CRD \"{TypeNames.DefinitionName(type.Federated)}\" while resource instances exist. "
            + "Please try again after removing the resource instances or without deleting the CRD.")
    {
        Remedy = $"There are {instances.Count}, such as {instances[0].Key}: remove them with Remove-FederatedResource and sync, "
            + "or with Disable-KubeFedType -ResourcePolicy Delete, or leave the CRD.",
        Target = type.Name,
    };

    private FederationException Stranded(List<KubeObject> held) => new(
        "ResourcesWouldBeStranded",
        FederationProblem.Refused,
        $"{held.Count} {type.Federated.Kind} objects, such as {held[0].Key}, have the finalizer {KubeFedNames.SyncFinalizer}: "
            + "with the type disabled nothing would take it off, and deleting one would hang.")
    {
        Remedy = "Say what is to become of them: -ResourcePolicy Release lets them go and leaves all copies, Delete removes them and their copies, "
            + "Keep leaves everything as it is.",
        Target = type.Name,
    };
}
