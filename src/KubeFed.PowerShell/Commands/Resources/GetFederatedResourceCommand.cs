namespace KubeFed.PowerShell.Commands;

/// <summary>Lists federated resources: what is declared on the host.</summary>
[Cmdlet(VerbsCommon.Get, "FederatedResource")]
[OutputType(typeof(FederatedResource))]
public sealed class GetFederatedResourceCommand : FederationCmdlet
{
    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed. Without it, all enabled types.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of resources; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>The namespace to look in; without it, all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    public string? Namespace { get; set; }

    /// <summary>Labels of the federated object, as kubectl writes selectors.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Name, operation => ResourceWork.ForEachAsync(
        operation,
        Type,
        Name,
        string.IsNullOrEmpty(Namespace) ? null : Namespace,
        LabelSelector,
        resource => operation.Sink.ObjectAsync(ResourceMap.ToOutput(resource, operation.Now), operation.Stop).AsTask()));
}
