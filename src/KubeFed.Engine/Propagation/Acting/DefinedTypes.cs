using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// Makes one member's new definitions count within the run that writes them: waits until what they define is served there, and reads again what was not. In a
/// dry run what they define counts as served and empty.
/// </summary>
internal sealed class DefinedTypes(MemberLane lane, SyncScope scope, IEngineSink sink, TimeProvider time)
{
    private readonly ConcurrentDictionary<ObjectKey, bool> _written = new();

    /// <summary>Takes in what became of a cell.</summary>
    public void Note(FederatedResource resource, CellResult result)
    {
        if (resource.Type.IsDefinitionType
            && result is { Succeeded: true, Action: PlanAction.Create or PlanAction.Update or PlanAction.Adopt }
            && (result.Written || scope.DryRun))
        {
            _written[resource.TargetKey] = true;
        }
    }

    /// <summary>To be awaited when all definitions are written, and before anything they define is.</summary>
    /// <param name="types">The types of the run.</param>
    /// <param name="stop">Cancelled when the run is to end.</param>
    public async Task TakeEffectAsync(IReadOnlyList<FederatedType> types, CancellationToken stop)
    {
        var names = _written.Keys.Select(key => key.Name).ToHashSet(StringComparer.Ordinal);
        _written.Clear();
        if (names.Count == 0 || lane.Lost is not null)
        {
            return;
        }

        var defined = types.Where(type => names.Contains(type.Target.QualifiedName)).ToList();
        try
        {
            if (!scope.DryRun)
            {
                await EstablishAsync(names, stop).ConfigureAwait(false);
            }

            foreach (var type in defined)
            {
                var before = await lane.ViewAsync(type).WaitAsync(stop).ConfigureAwait(false);
                if (before.Fault is not { Reason: PropagationReason.TypeNotServed } && before.Resource == type.Target)
                {
                    continue;
                }

                lane.Renew(type, scope.DryRun
                    ? Task.FromResult(before.Fault is null ? before : MemberView.Foreseen(type.Target))
                    : MemberView.ReadAsync(lane.Connecting, new ServedVersions(lane.Connecting, stop), type, scope, stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The cells that follow are given up in a moment.
        }
        catch (Exception error) when (MemberFault.Is(error))
        {
            sink.Warning($"{lane.Name}: what new definitions define may not be served yet: {error.Message}");
        }
    }

    private async Task EstablishAsync(IEnumerable<string> names, CancellationToken stop)
    {
        var client = await lane.Connecting.ConfigureAwait(false);
        var definitions = new List<KubeObject>();
        foreach (var name in names)
        {
            definitions.Add(await client.GetAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(name), stop).ConfigureAwait(false));
        }

        client.Discovery.Invalidate();
        await Definitions.WaitUntilServedAsync(client, lane.Name, definitions, time, stop).ConfigureAwait(false);
    }
}
