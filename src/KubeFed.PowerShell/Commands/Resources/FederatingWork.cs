using KubeFed.Engine;
using KubeFed.Engine.Federate;
using EngineChange = KubeFed.Engine.Change;
using EngineChangeKind = KubeFed.Engine.ChangeKind;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// The work of ConvertTo-FederatedResource: takes conversions as they come, each a resource, a reason to leave the object out, or an error, and then writes
/// the resources to the pipeline or stores them. One that is faulty keeps no other from being stored, unless -ErrorAction ends the pipeline over it: all are
/// looked at before the first is stored.
/// </summary>
/// <param name="operation">Where errors, warnings and resources go.</param>
/// <param name="declare">Puts what the cmdlet's parameters declare into each resource.</param>
/// <param name="advise">Told of each resource before it is shown or stored.</param>
internal sealed class FederatingWork(Operation operation, Action<EngineResource> declare, Func<EngineResource, Task> advise)
{
    private readonly List<EngineResource> _drafts = [];
    private int _faults;

    public void Take(EngineResource resource, object? target)
    {
        try
        {
            declare(resource);
            _drafts.Add(resource.ThrowIfFaulty());
        }
        catch (FederationException error)
        {
            Fail(error, target);
        }
    }

    public void Fail(Exception error, object? target)
    {
        _faults++;
        operation.Sink.Error(error, target);
    }

    /// <summary>Only writes them to the pipeline.</summary>
    public async Task ShowAsync()
    {
        await AdviseAsync().ConfigureAwait(false);
        foreach (var type in _drafts.Select(draft => draft.Type).Where(type => type.Source.Uid.Length == 0).DistinctBy(type => type.Name))
        {
            operation.Sink.Warning($"The type {type.Name} is not enabled; run Enable-KubeFedType {type.Name} before such a resource is stored.");
        }

        foreach (var draft in _drafts)
        {
            await operation.Sink.ObjectAsync(ResourceMap.ToOutput(draft, operation.Now), operation.Stop).ConfigureAwait(false);
        }
    }

    /// <summary>Stores them: their types first, where they may be enabled, and then each, with one object or error for each.</summary>
    public async Task<IReadOnlyList<EngineChange>> StoreAsync(bool enableTypes, bool dryRun)
    {
        if (_faults > 0)
        {
            if (_drafts.Count > 0)
            {
                operation.Sink.Warning($"{_faults} of {_faults + _drafts.Count} objects cannot be federated; the others are stored.");
            }

            // Under -ErrorAction Stop the pipeline ends here, before anything is stored.
            await operation.Sink.WrittenAsync(operation.Stop).ConfigureAwait(false);
        }

        if (_drafts.Count == 0)
        {
            return [];
        }

        await AdviseAsync().ConfigureAwait(false);
        var batch = new ResourceBatch(operation.Federation, _drafts);
        var enabled = await batch.EnableTypesAsync(enableTypes, dryRun, operation.Sink, operation.Stop).ConfigureAwait(false);
        var changes = enabled.SelectMany(type => type.Changes).ToList();
        await foreach (var item in batch.CreateAsync(dryRun, operation.Stop).ConfigureAwait(false))
        {
            if (item.Error is { } error)
            {
                operation.Sink.Error(error, item.Draft.Key.ToString());
                continue;
            }

            var kind = item.Draft.Type.Federated.Kind;
            changes.Add(new EngineChange(EngineChangeKind.Create, operation.Session.Name, kind, item.Draft.Key.ToString(), Applied: !dryRun));
            if (!dryRun)
            {
                await operation.Sink.ObjectAsync(ResourceMap.ToOutput(item.Stored!, operation.Now), operation.Stop).ConfigureAwait(false);
            }
        }

        return changes;
    }

    private async Task AdviseAsync()
    {
        foreach (var draft in _drafts)
        {
            await advise(draft).ConfigureAwait(false);
        }
    }
}
