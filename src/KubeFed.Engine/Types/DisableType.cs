using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>
/// Disables one type. A controller, where one runs, is asked to stop and waited for; where none does (the config has no status, or says NotRunning) there is
/// nothing to wait for, and the config's finalizer, which only a controller would remove, is removed here.
/// </summary>
/// <remarks>cli.md section 5, P-50, P-128, K-40, K-41.</remarks>
internal sealed class DisableType(Federation federation, DisableRequest request, IEngineSink sink)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly WriteOptions Write = new() { FieldManager = KubeFedNames.FieldManager };

    private readonly ChangeLog _log = new(sink, request.DryRun);

    public async Task<DisableResult> RunAsync(CancellationToken cancellationToken)
    {
        var writer = new ObjectWriter(federation.Host, federation.Options.HostName, _log, federation.Time);
        var type = await FindAsync(cancellationToken).ConfigureAwait(false);
        var isEnabled = type.Source.Uid.Length > 0;
        await CheckInstancesAsync(writer, type, cancellationToken).ConfigureAwait(false);
        if (isEnabled)
        {
            var running = IsRunning(type.Source);
            await StopAsync(writer, type, cancellationToken).ConfigureAwait(false);
            if (running && !request.DryRun)
            {
                await WaitUntilStoppedAsync(type, cancellationToken).ConfigureAwait(false);
            }
        }

        if (request.DeleteCrd)
        {
            await DeleteDefinitionAsync(writer, type, cancellationToken).ConfigureAwait(false);
        }

        if (isEnabled)
        {
            await DeleteConfigAsync(writer, type, cancellationToken).ConfigureAwait(false);
        }

        return new DisableResult(type.Name, _log.Changes);
    }

    private static bool IsRunning(KubeObject config) => config.Status.Text("propagationController") == "Running";

    /// <summary>K-40; a type whose config is gone already can still lose its definition.</summary>
    private async Task<FederatedType> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await federation.Types.ResolveAsync(request.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (FederationException error) when (error.Id == "TypeNotEnabled" && request.DeleteCrd)
        {
            sink.Warning($"FederatedTypeConfig \"{federation.SystemNamespace}/{request.Name}\" does not exist");
            return await DeriveAsync(error, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<FederatedType> DeriveAsync(FederationException notEnabled, CancellationToken cancellationToken)
    {
        try
        {
            var target = await federation.Host.Discovery.ResolveAsync(request.Name, null, cancellationToken).ConfigureAwait(false);
            var federated = TypeNames.Federated(target, KubeFedNames.TypesGroup, KubeFedNames.TypesVersion);
            return FederatedTypeReader.Read(TypeConfigs.For(target, federated, federation.SystemNamespace));
        }
        catch (ApiLookupException)
        {
            throw notEnabled;
        }
    }

    private async Task CheckInstancesAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var instances = await ListAsync(type, cancellationToken).ConfigureAwait(false);
        if (instances.Count == 0)
        {
            return;
        }

        var definition = TypeNames.DefinitionName(type.Federated);
        if (request.DeleteCrd)
        {
            throw new FederationException(
                "FederatedResourcesExist",
                FederationProblem.Refused,
                $"Cannot delete CRD \"{definition}\" while resource instances exist. "
                    + "Please try again after removing the resource instances or without deleting the CRD.")
            {
                Remedy = $"There are {instances.Count}, such as {instances[0].Key}: remove them with Remove-FederatedResource and sync, or leave the CRD.",
                Target = type.Name,
            };
        }

        var held = instances.Where(instance => instance.Finalizers.Contains(KubeFedNames.SyncFinalizer)).ToList();
        if (request.ReleaseResources)
        {
            foreach (var instance in held)
            {
                await RemoveFinalizerAsync(writer, type.Federated, instance, KubeFedNames.SyncFinalizer, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            sink.Warning(
                $"{instances.Count} {type.Federated.Kind} objects and their copies stay as they are and are no longer propagated; "
                    + $"{held.Count} of them have the finalizer {KubeFedNames.SyncFinalizer}, so deleting one waits until the type is enabled again.");
        }
    }

    private async Task StopAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var wanted = KubeObject.Create(CoreResources.FederatedTypeConfigs, type.Source.Key);
        wanted.Json["spec"] = new JsonObject { ["propagation"] = "Disabled" };
        var stopped = await writer.UpdateAsync(CoreResources.FederatedTypeConfigs, type.Source, wanted, cancellationToken).ConfigureAwait(false);
        if (stopped.Kind == ChangeKind.Update)
        {
            sink.Verbose($"Disabled propagation for FederatedTypeConfig \"{type.Source.Key}\"");
        }
    }

    private async Task WaitUntilStoppedAsync(FederatedType type, CancellationToken cancellationToken)
    {
        sink.Verbose($"Verifying propagation controller is stopped for FederatedTypeConfig \"{type.Source.Key}\"");
        var stopped = await Polling.UntilAsync<object>(
            federation.Time,
            Interval,
            Patience,
            async () =>
            {
                var config = await federation.Host.FindAsync(CoreResources.FederatedTypeConfigs, type.Source.Key, cancellationToken).ConfigureAwait(false);
                return config is not null && IsRunning(config) ? null : type;
            },
            cancellationToken).ConfigureAwait(false);
        if (stopped is null && !request.Force)
        {
            throw new FederationException(
                "PropagationStillRunning",
                FederationProblem.TimedOut,
                $"The controller of FederatedTypeConfig \"{type.Source.Key}\" still says it is running {Patience.TotalSeconds:0} s "
                    + "after propagation was disabled.")
            {
                Remedy = "If a controller does run, wait and run the command again; if none does and the status is stale, use Force.",
                Target = type.Name,
            };
        }
    }

    private async Task DeleteDefinitionAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var name = TypeNames.DefinitionName(type.Federated);

        // Somebody may have created one while the controller stopped.
        await CheckInstancesAsync(writer, type, cancellationToken).ConfigureAwait(false);
        if (!await writer.DeleteAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(name), null, cancellationToken).ConfigureAwait(false))
        {
            sink.Verbose($"customresourcedefinition \"{name}\" does not exist");
        }

        federation.Host.Discovery.Invalidate();
    }

    private async Task DeleteConfigAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var (resource, key) = (CoreResources.FederatedTypeConfigs, type.Source.Key);
        await writer.DeleteAsync(resource, key, type.Source.Uid, cancellationToken).ConfigureAwait(false);
        if (request.DryRun)
        {
            return;
        }

        // A running controller removes its finalizer by itself; without one, or when it does not, nobody else would.
        var patience = IsRunning(type.Source) ? Patience : TimeSpan.Zero;
        KubeObject? waiting = null;
        var gone = await Polling.UntilAsync<object>(
            federation.Time,
            Interval,
            patience,
            async () =>
            {
                waiting = await federation.Host.FindAsync(resource, key, cancellationToken).ConfigureAwait(false);
                return waiting?.Uid == type.Source.Uid ? null : type;
            },
            cancellationToken).ConfigureAwait(false);
        if (gone is null && waiting is not null && waiting.Finalizers.Contains(KubeFedNames.TypeConfigFinalizer))
        {
            await RemoveFinalizerAsync(null, resource, waiting, KubeFedNames.TypeConfigFinalizer, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveFinalizerAsync(ObjectWriter? writer, ApiResource resource, KubeObject value, string finalizer, CancellationToken cancellationToken)
    {
        if (!request.DryRun)
        {
            var remaining = new JsonArray([.. value.Finalizers.Where(name => name != finalizer).Select(name => JsonValue.Create(name))]);

            // The resourceVersion makes sure that no finalizer somebody added meanwhile is lost.
            var metadata = new JsonObject { ["finalizers"] = remaining, ["resourceVersion"] = value.ResourceVersion };
            try
            {
                await federation.Host
                    .PatchAsync(resource, value.Key, KubePatch.Merge(new JsonObject { ["metadata"] = metadata }), Write, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                return;
            }
        }

        writer?.Log.Add(ChangeKind.Update, writer.Cluster, resource.Kind, value.Key.ToString());
    }

    private async Task<IReadOnlyList<KubeObject>> ListAsync(FederatedType type, CancellationToken cancellationToken)
    {
        try
        {
            var list = await federation.Host.ListAsync(type.Federated, new ListQuery { MetadataOnly = true }, cancellationToken).ConfigureAwait(false);
            return list.Items;
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }
}
