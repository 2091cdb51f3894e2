using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>Enables API types for propagation: generates their federated CRDs and registers them.</summary>
/// <remarks>cli.md section 4.</remarks>
[Cmdlet(VerbsLifecycle.Enable, "KubeFedType", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = NameSet)]
[OutputType(typeof(FederatedType), typeof(Manifest))]
public sealed class EnableKubeFedTypeCommand : FederationCmdlet
{
    private const string NameSet = "Name";
    private const string PathSet = "Path";

    /// <summary>API types by plural, kind, short name or plural.group, as the host serves them.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServedTypeCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Files with EnableTypeDirectives, as kubefedctl takes them; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>The API version to propagate; without it, the one the type is enabled with, else the one the host prefers.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? TargetVersion { get; set; }

    /// <summary>The API group of the federated kind; without it, types.kubefed.io, or one of its own where names collide there.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? FederatedGroup { get; set; }

    /// <summary>The API version of the federated kind; without it, v1beta1.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? FederatedVersion { get; set; }

    /// <summary>
    /// Whether a sync collects the status and health of the copies, Enabled or Disabled; without it, that stays as it is, for a new type disabled. The feature
    /// gate RawResourceStatusCollection must be on as well.
    /// </summary>
    [Parameter]
    [ValidateSet("Enabled", "Disabled")]
    public string? StatusCollection { get; set; }

    /// <summary>Gives the manifests of what would be written, and writes nothing; the host needs no control plane.</summary>
    [Parameter]
    [Alias("PassThru")]
    public SwitchParameter AsManifest { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var named in OrThrow(Requests))
        {
            var request = named with
            {
                StatusCollection = StatusCollection is null ? null : string.Equals(StatusCollection, "Enabled", StringComparison.OrdinalIgnoreCase),
            };
            if (AsManifest)
            {
                Describe(request);
            }
            else
            {
                Enable(request);
            }
        }
    }

    private List<EnableRequest> Requests() => Path is null
        ? [.. Name.Select(name => new EnableRequest
        {
            Name = name,
            TargetVersion = TargetVersion,
            FederatedGroup = FederatedGroup,
            FederatedVersion = FederatedVersion,
        })]
        : [.. ManifestFiles.Of(this, Path).Select(given => given.Fault is { } fault ? throw fault : EnableRequest.FromDirective(new KubeObject(given.Value!)))];

    private void Enable(EnableRequest request)
    {
        var enabled = TryChange(
            $"type {request.Name} in {Open.Name}",
            "Enable",
            (operation, dryRun) => operation.Federation.Types.EnableAsync(request with { DryRun = dryRun }, operation.Sink, operation.Stop),
            result => result.Changes,
            out var result);
        if (enabled)
        {
            WriteObject(TypeMap.ToOutput(result.Type, Now, result.Changes));
        }
    }

    private void Describe(EnableRequest request)
    {
        if (TryRun(request.Name, operation => operation.Federation.Types.DescribeAsync(request, operation.Sink, operation.Stop), out var described))
        {
            WriteObject(ManifestMap.ToOutput(described.CustomResourceDefinition));
            WriteObject(ManifestMap.ToOutput(described.Type.Source));
        }
    }
}
