using KubeFed.Engine;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Waiting;
using KubeFed.Kubernetes.Client;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Waits until federated resources are propagated, healthy or deleted, and writes each as soon as it is. With -Sync it synchronises them on the way, because
/// no controller may be running that does; only then does it change anything.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "FederatedResource", SupportsShouldProcess = true)]
[OutputType(typeof(FederatedResource))]
public sealed class WaitFederatedResourceCommand : FederationCmdlet
{
    private readonly List<(string Type, string Name, string? Namespace)> _named = [];

    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>Names of resources; wildcards select among those there are now.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The resources' namespace; without it, the context's for a literal name, and all for a wildcard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>What to wait for: Propagated, Healthy, or Deleted.</summary>
    [Parameter]
    [ValidateSet("Propagated", "Healthy", "Deleted")]
    public string For { get; set; } = "Propagated";

    /// <summary>For how many seconds, all resources together; 0 looks once.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int Timeout { get; set; } = 60;

    /// <summary>Synchronises what is still waited for before every look, in every cluster.</summary>
    [Parameter]
    public SwitchParameter Sync { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _named.AddRange(Name.Select(name => (Type, name, string.IsNullOrEmpty(Namespace) ? null : Namespace)));

    /// <summary>All at once at the end, so that the time-out is one for all of them and not one after the other.</summary>
    protected override void EndProcessing()
    {
        if (!TryRun(Open.Name, FindAsync, out var awaited) || awaited.Count == 0)
        {
            return;
        }

        if (Sync && IsWhatIf)
        {
            var tally = new SyncTally();
            TryRun(Open.Name, operation => PlanAsync(operation, awaited, tally));
            ShouldProcess(tally.ToString(), tally.ToString(), MyInvocation.MyCommand?.Name);
        }
        else if (!Sync || ShouldProcess(awaited.Count == 1 ? $"{awaited[0]} in {Open.Name}" : $"{awaited.Count} resources in {Open.Name}", $"Sync until {For}"))
        {
            TryRun(Open.Name, operation => WaitAsync(operation, awaited));
        }
    }

    private async Task<IReadOnlyList<ResourceReference>> FindAsync(Operation operation)
    {
        var awaited = new List<ResourceReference>();
        foreach (var group in _named.GroupBy(named => named.Type, StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                var type = await operation.Federation.Types.ResolveAsync(group.Key, operation.Stop).ConfigureAwait(false);
                foreach (var (_, name, @namespace) in group)
                {
                    awaited.AddRange(await FindAsync(operation, type, name, @namespace).ConfigureAwait(false));
                }
            }
            catch (Exception error) when (error is KubeException or FederationException)
            {
                operation.Sink.Error(error, group.Key);
            }
        }

        return awaited;
    }

    private static async Task<IReadOnlyList<ResourceReference>> FindAsync(Operation operation, EngineType type, string name, string? @namespace)
    {
        if (!NameFilter.IsWildcard(name))
        {
            return [new ResourceReference(type, ResourceWork.Key(type, name, @namespace, operation.Session.Namespace))];
        }

        var found = new List<ResourceReference>();
        await ResourceWork.ForEachAsync(operation, [type.Name], [name], type.IsNamespaceType ? null : @namespace, labelSelector: null, resource =>
        {
            found.Add(new ResourceReference(type, resource.Key));
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return found;
    }

    private async Task WaitAsync(Operation operation, IReadOnlyList<ResourceReference> awaited)
    {
        var request = new ResourceWaitRequest
        {
            Resources = awaited,
            For = Enum.Parse<ResourceWaitFor>(For, ignoreCase: true),
            Timeout = TimeSpan.FromSeconds(Timeout),
            Sync = Sync,
        };
        await foreach (var outcome in operation.Federation.Sync.WaitAsync(request, operation.Sink, operation.Stop).ConfigureAwait(false))
        {
            if (outcome.Error is not null)
            {
                operation.Sink.Error(outcome.Error, outcome.Reference.ToString());
            }
            else if (outcome.Resource is not null)
            {
                await operation.Sink.ObjectAsync(ResourceMap.ToOutput(outcome.Resource, operation.Now), operation.Stop).ConfigureAwait(false);
            }
        }
    }

    private static async Task PlanAsync(Operation operation, IReadOnlyList<ResourceReference> awaited, SyncTally tally)
    {
        var request = new SyncRequest
        {
            DryRun = true,
            Selections = [.. awaited.Select(one => new SyncSelection(one.Type.Name, one.Key.Name, one.Key.Namespace))],
        };
        await foreach (var outcome in operation.Federation.Sync.RunAsync(request, operation.Sink, operation.Stop).ConfigureAwait(false))
        {
            tally.Add(outcome);
        }
    }
}
