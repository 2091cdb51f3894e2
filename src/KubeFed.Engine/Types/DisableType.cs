using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
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

    private readonly ChangeLog _log = new(sink, request.DryRun);

    public async Task<DisableResult> RunAsync(CancellationToken cancellationToken)
    {
        var writer = new ObjectWriter(federation.Host, federation.Options.HostName, _log, federation.Time);
        var type = await FindAsync(cancellationToken).ConfigureAwait(false);
        var isEnabled = type.Source.Uid.Length > 0;
        var resources = new TypeResources(federation, type, request, sink);
        await resources.SettleAsync(writer, cancellationToken).ConfigureAwait(false);
        if (isEnabled)
        {
            var running = IsRunning(type.Source);
            await StopAsync(writer, type, cancellationToken).ConfigureAwait(false);
            if (!request.DryRun)
            {
                await SeeStoppedAsync(type, running, cancellationToken).ConfigureAwait(false);
            }

            await resources.ReleaseCopiesAsync(_log, cancellationToken).ConfigureAwait(false);
        }

        if (request.DeleteCrd)
        {
            await DeleteDefinitionAsync(writer, type, cancellationToken).ConfigureAwait(false);
        }

        if (isEnabled)
        {
            await DeleteConfigAsync(writer, type, cancellationToken).ConfigureAwait(false);
            var left = (await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false)).Where(other => other.Name != type.Name);
            await new NarrowRoles(federation, _log, sink).NarrowAsync(type.Target, [.. left.Select(other => other.Target)], cancellationToken).ConfigureAwait(false);
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
            var derived = await DeriveAsync(error, cancellationToken).ConfigureAwait(false);
            Tell(DisableStage.ConfigMissing, derived.Source.Key.ToString());
            return derived;
        }
    }

    private async Task<FederatedType> DeriveAsync(FederationException notEnabled, CancellationToken cancellationToken)
    {
        try
        {
            var target = await federation.Host.Discovery.ResolveAsync(request.Name, request.TargetVersion, cancellationToken).ConfigureAwait(false);
            var federated = TypeNames.Federated(target, request.FederatedGroup ?? KubeFedNames.TypesGroup, KubeFedNames.TypesVersion);
            return FederatedTypeReader.Read(TypeConfigs.For(target, federated, federation.SystemNamespace));
        }
        catch (ApiLookupException)
        {
            throw notEnabled;
        }
    }

    private async Task StopAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var wanted = KubeObject.Create(CoreResources.FederatedTypeConfigs, type.Source.Key);
        wanted.Json["spec"] = new JsonObject { ["propagation"] = "Disabled" };
        var stopped = await writer.UpdateAsync(CoreResources.FederatedTypeConfigs, type.Source, wanted, cancellationToken).ConfigureAwait(false);
        if (stopped.Kind == ChangeKind.Update)
        {
            Tell(DisableStage.PropagationDisabled, type.Source.Key.ToString());
        }
    }

    /// <summary>K-41: only a controller that says it runs is waited for. Where none does, it is stopped, and that is what is told.</summary>
    private async Task SeeStoppedAsync(FederatedType type, bool running, CancellationToken cancellationToken)
    {
        if (running && request.Force)
        {
            return;
        }

        Tell(DisableStage.Stopping, type.Source.Key.ToString());
        if (!running || await HasStoppedAsync(type, cancellationToken).ConfigureAwait(false))
        {
            Tell(DisableStage.Stopped, type.Source.Key.ToString());
        }
        else
        {
            throw new FederationException(
                "PropagationStillRunning",
                FederationProblem.TimedOut,
                $"The controller of FederatedTypeConfig \"{type.Source.Key}\" still says it is running {Patience.TotalSeconds:0} s "
                    + "after propagation was disabled.")
            {
                Remedy = "If a controller does run, wait and run the command again; if none does and the status is stale, "
                    + "use Disable-KubeFedType -Force or kubefed disable --force.",
                Target = type.Name,
            };
        }
    }

    private async Task<bool> HasStoppedAsync(FederatedType type, CancellationToken cancellationToken)
    {
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
        return stopped is not null;
    }

    private async Task DeleteDefinitionAsync(ObjectWriter writer, FederatedType type, CancellationToken cancellationToken)
    {
        var name = TypeNames.DefinitionName(type.Federated);

        // Somebody may have created one while the controller stopped.
        await new TypeResources(federation, type, request, sink).RefuseAnyAsync(cancellationToken).ConfigureAwait(false);
        var deleted = await writer
            .DeleteAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(name), null, cancellationToken)
            .ConfigureAwait(false);
        Tell(deleted ? DisableStage.DefinitionDeleted : DisableStage.DefinitionMissing, name);
        await new GroupRoles(federation).DeleteUnusedAsync(writer, type, cancellationToken).ConfigureAwait(false);
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
        var patience = IsRunning(type.Source) && !request.Force ? Patience : TimeSpan.Zero;
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
            await Finalizers.RemoveAsync(federation.Host, resource, waiting, KubeFedNames.TypeConfigFinalizer, cancellationToken).ConfigureAwait(false);
        }

        if (gone is null && waiting?.Finalizers.Where(name => name != KubeFedNames.TypeConfigFinalizer).ToList() is { Count: > 0 } others)
        {
            sink.Warning($"FederatedTypeConfig \"{key}\" is being deleted and waits for {string.Join(", ", others)}, which somebody else has to remove.");
            return;
        }

        Tell(DisableStage.ConfigDeleted, key.ToString());
    }

    private void Tell(DisableStage stage, string name)
    {
        var text = stage switch
        {
            DisableStage.ConfigMissing => $"FederatedTypeConfig \"{name}\" does not exist",
            DisableStage.PropagationDisabled => $"Disabled propagation for FederatedTypeConfig \"{name}\"",
            DisableStage.Stopping => $"Verifying propagation controller is stopped for FederatedTypeConfig \"{name}\"",
            DisableStage.Stopped => $"Propagation controller for FederatedTypeConfig \"{name}\" is stopped",
            DisableStage.DefinitionMissing => $"customresourcedefinition \"{name}\" does not exist",
            _ => null,
        };
        if (text is not null)
        {
            sink.Verbose(text);
        }

        request.Steps?.Report(new DisableStep(stage, name));
    }
}
