using KubeFed.Engine;
using KubeFed.Engine.Federate;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Takes overrides away, so that clusters get there what the template says. Every other override stays as it is.</summary>
[Cmdlet(VerbsCommon.Remove, "FederatedOverride", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(FederatedResource))]
public sealed class RemoveFederatedOverrideCommand : FederationCmdlet
{
    private const string ResourceSet = "Resource";
    private const string ObjectSet = "InputObject";

    private readonly HashSet<(string Type, string? Namespace, string Name, string Override)> _removed = [];

    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ResourceSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>The resource's name.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ResourceSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The resource's namespace; without it, the context's.</summary>
    [Parameter(ParameterSetName = ResourceSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>The clusters whose own overrides go, by name; what selectors give them stays.</summary>
    [Parameter(ParameterSetName = ResourceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>The selector whose overrides go, as it was given: <c>region=eu</c>, a hashtable of labels, or a LabelSelector; * is every cluster.</summary>
    [Parameter(ParameterSetName = ResourceSet)]
    [ValidateNotNull]
    public object? ClusterSelector { get; set; }

    /// <summary>Only the overrides of this field, a JSON Pointer; without it, all of the clusters or the selector.</summary>
    [Parameter(ParameterSetName = ResourceSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OverridePathCompleter))]
    public string? Path { get; set; }

    /// <summary>An override from Get-FederatedOverride.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Override? InputObject { get; set; }

    /// <summary>Writes the changed resource.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not { } shown)
        {
            Remove(Type, Name, Namespace, OrThrow(() => OverrideTargets.Read(Cluster, ClusterSelector)), Path, op: null);
        }
        else if (shown is { Cluster: not null, ClusterSelector: not null })
        {
            var error = new InputException(
                "OverrideOfSelector", $"'{shown}' comes from the selector '{shown.ClusterSelector}' and is not the cluster's own.", shown)
            {
                Remedy = $"Remove it for all clusters of the selector with -ClusterSelector '{shown.ClusterSelector}', or override it for {shown.Cluster} with "
                    + "Add-FederatedOverride: a name has the last word.",
            };
            WriteError(ErrorRecords.From(error, shown));
        }
        else if (_removed.Add((shown.Type, shown.Namespace, shown.Name, shown.ToString())))
        {
            // Two that do the same at the same path, such as two appends, go together.
            Remove(shown.Type, shown.Name, shown.Namespace, [OrThrow(() => OverrideInput.From(shown).Target)], shown.Path, shown.Op);
        }
    }

    private void Remove(string typeName, string name, string? @namespace, IReadOnlyList<OverrideTarget> targets, string? path, string? op)
    {
        var place = string.IsNullOrEmpty(@namespace) ? name : $"{@namespace}/{name}";
        var what = $"{(path is null ? "all overrides" : $"overrides of {path}")} for {string.Join(", ", targets)}";
        var changed = TryChange($"{typeName} {place} in {Open.Name}", $"Remove {what}", RemoveAsync, out var resource);
        if (changed && PassThru)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }

        async Task<EngineResource> RemoveAsync(Operation operation, bool dryRun)
        {
            var type = await operation.Federation.Types.ResolveAsync(typeName, operation.Stop).ConfigureAwait(false);
            var key = ResourceWork.Key(type, name, string.IsNullOrEmpty(@namespace) ? null : @namespace, operation.Session.Namespace);
            return await operation.Federation.Resources.EditAsync(type, key, Edit, dryRun, operation.Stop).ConfigureAwait(false);
        }

        void Edit(EngineResource resource)
        {
            foreach (var target in targets)
            {
                if (!OverrideEdit.Remove(resource, target, path, op))
                {
                    throw NotFound(resource, target, path);
                }
            }
        }
    }

    private static FederationException NotFound(EngineResource resource, OverrideTarget target, string? path) => new(
        "OverrideNotFound",
        FederationProblem.NotFound,
        $"{resource.Type.Federated.Kind} {resource.Key} has no override{(path is null ? string.Empty : $" of {path}")} for {target}.")
    {
        Target = resource.Key.ToString(),
        Remedy = $"Get-FederatedOverride {resource.Type.Name} {resource.Key.Name} lists those there are; a selector must be the one that was given.",
    };
}
