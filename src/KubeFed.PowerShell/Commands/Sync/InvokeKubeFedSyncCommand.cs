using KubeFed.Engine.Propagation;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Makes members as the host declares, once, and tells of each resource and cluster as it is known. With -WhatIf it does every read, decides, and writes
/// nothing: the results are the plan. With -PassThru the resources themselves follow, as the sync left them, and its results do not.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "KubeFedSync", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SyncResult), typeof(FederatedResource))]
public sealed class InvokeKubeFedSyncCommand : FederationCmdlet
{
    private readonly List<SyncRequest> _requests = [];

    /// <summary>Types by plural, kind, short name or plural.group; without it, all enabled types.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Namespaces of resources; without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string[]? Namespace { get; set; }

    /// <summary>Acts on these member clusters only; the others are neither read nor written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>Resources in work at once.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>
    /// Takes over copies that name another federation as their owner, as after the host was restored elsewhere; each is a result with the action Adopt. Without
    /// it they are left alone. Nothing is deleted by it.
    /// </summary>
    [Parameter]
    public SwitchParameter TakeOver { get; set; }

    /// <summary>
    /// Lists the resources out of the host's cache, as controllers do, which costs the host a fraction: for syncs on a schedule. What was declared just now may be
    /// left to the next sync; nothing is acted on as the cache shows it.
    /// </summary>
    [Parameter]
    public SwitchParameter FromCache { get; set; }

    /// <summary>
    /// Writes the resources as they are stored after the sync, instead of a result per resource and cluster; what failed is still an error each. A plan
    /// (-WhatIf) stores nothing, so it is written as ever.
    /// </summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _requests.Add(new SyncRequest
    {
        Types = Type ?? [],
        Names = Name ?? [],
        Namespaces = [.. (Namespace ?? []).Where(name => !string.IsNullOrEmpty(name))],
        Clusters = Cluster ?? [],
        ThrottleLimit = ThrottleLimit,
        TakeOver = TakeOver,
        FromCache = FromCache,
        DryRun = IsWhatIf,
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var action = TakeOver ? "Sync and take over copies of other federations" : "Sync";
        if (_requests.Count == 0 || (!IsWhatIf && !ShouldProcess($"federation in {Open.Name}", action)))
        {
            return;
        }

        var tally = new SyncTally();
        TryRun(Open.Name, operation => SyncWork.RunAsync(operation, SyncWork.Merge(_requests), tally, PassThru && !IsWhatIf));

        if (IsWhatIf)
        {
            // The plan itself went down the pipeline; this is the line -WhatIf prints for every cmdlet.
            ShouldProcess(tally.ToString(), tally.ToString(), MyInvocation.MyCommand?.Name);
        }
    }
}
