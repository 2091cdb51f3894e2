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
    private readonly List<string> _clusters = [];
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed. Without it, all enabled types.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of resources; wildcards are allowed. A name that there is no resource of is an error.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Namespaces of resources; wildcards are allowed. Without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Acts on these member clusters only; wildcards are allowed. The others are neither read nor written.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>
    /// What comes down the pipeline: a cluster, as Get-KubeFedCluster writes it, which then stands for -Cluster; a type, which stands for -Type; or anything
    /// with the properties Type, Name and Namespace.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

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
    protected override void BeginProcessing()
    {
        // Of these the command line says what they are; the others, once bound, are properties of what came down the pipeline.
        _given.UnionWith(MyInvocation.BoundParameters.Keys);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var piped = InputObject is PSObject wrapper ? wrapper.BaseObject : InputObject;
        switch (piped)
        {
            case Cluster cluster:
                // Its name is no resource's, and each says the same of the resources: what the command line does.
                _clusters.Add(cluster.Name);
                if (_clusters.Count == 1)
                {
                    Add(Given(nameof(Type), Type), Given(nameof(Name), Name), Given(nameof(Namespace), Namespace));
                }

                break;
            case FederatedType type:
                Add([type.Name], Given(nameof(Name), Name), Given(nameof(Namespace), Namespace));
                break;
            case not null when !IsPiped(nameof(Type), Type) && !IsPiped(nameof(Name), Name) && !IsPiped(nameof(Namespace), Namespace):
                var error = new InputException("InvalidInput", $"The pipeline holds '{piped}', which names no type and no resource.", piped)
                {
                    Remedy = "Pipe what Get-FederatedResource, Get-KubeFedType or Get-KubeFedCluster writes, or give -Type and -Name.",
                };
                WriteError(ErrorRecords.From(error, piped));
                break;
            default:
                Add(Type, Name, Namespace);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var action = TakeOver ? "Sync and take over copies of other federations" : "Sync";
        if (_requests.Count == 0 || (!IsWhatIf && !ShouldProcess($"federation in {Open.Name}", action)))
        {
            return;
        }

        var tally = new SyncTally();
        var clusters = new[] { Cluster ?? [], [.. _clusters] }.SelectMany(names => names).ToList();
        var request = SyncWork.Merge(_requests) with { Clusters = clusters };
        var warns = IsWhatIf && !TakeOver && StopsAtErrors;
        TryRun(Open.Name, operation => SyncWork.RunAsync(operation, request, tally, PassThru && !IsWhatIf, warns));

        if (IsWhatIf)
        {
            // The plan itself went down the pipeline; this is the line -WhatIf prints for every cmdlet.
            ShouldProcess(tally.ToString(), tally.ToString(), MyInvocation.MyCommand?.Name);
        }
    }

    /// <summary>A parameter of the command line; what was bound to a property of a cluster or type is not meant.</summary>
    private string[]? Given(string parameter, string[]? value) => _given.Contains(parameter) ? value : null;

    private bool IsPiped(string parameter, string[]? value) => value is not null && !_given.Contains(parameter);

    private void Add(string[]? types, string[]? names, string[]? namespaces)
    {
        _requests.Add(new SyncRequest
        {
            Types = types ?? [],
            Names = names ?? [],
            Namespaces = [.. (namespaces ?? []).Where(name => !string.IsNullOrEmpty(name))],
            Clusters = Cluster ?? [],
            ThrottleLimit = MyInvocation.BoundParameters.ContainsKey(nameof(ThrottleLimit)) ? ThrottleLimit : null,
            TakeOver = TakeOver,
            FromCache = FromCache,
            ReportUnmatched = true,
            DryRun = IsWhatIf,
        });
    }
}
