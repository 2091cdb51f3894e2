using System.Collections;
using KubeFed.Engine.Federate;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Changes what a federated resource declares. What no parameter names stays as it is.</summary>
[Cmdlet(VerbsCommon.Set, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(FederatedResource))]
public sealed class SetFederatedResourceCommand : DeclaringCmdlet
{
    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>The resource's name.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string Name { get; set; } = string.Empty;

    /// <summary>The resource's namespace; without it, the context's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>
    /// A federated resource from the pipeline: one that was composed gives its template; one that is stored only says which resource is meant.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    public FederatedResource? InputObject { get; set; }

    /// <summary>The new template, whole: a hashtable, an object, or YAML or JSON text.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? Template { get; set; }

    /// <summary>Clusters it goes to in addition.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? AddCluster { get; set; }

    /// <summary>Clusters it no longer goes to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? RemoveCluster { get; set; }

    /// <summary>Labels of the federated object to set; a label with the value $null is removed.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Label { get; set; }

    /// <summary>Lets members keep their own replica counts; -RetainReplicas:$false no longer does.</summary>
    [Parameter]
    public SwitchParameter RetainReplicas { get; set; }

    /// <summary>Lets its copies stay, unmanaged, when it is deleted; -Orphan:$false no longer does.</summary>
    [Parameter]
    public SwitchParameter Orphan { get; set; }

    /// <summary>
    /// Of a namespace: where it leaves the placement, it is deleted together with what this federation did not put there, instead of being kept for that;
    /// -DeleteUnmanagedContent:$false no longer is.
    /// </summary>
    [Parameter]
    public SwitchParameter DeleteUnmanagedContent { get; set; }

    /// <summary>Writes the changed resource.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var change = OrThrow(() => new ResourceChange
        {
            Template = ReadTemplate(),
            Placement = ReadPlacement(),
            AddClusters = AddCluster ?? [],
            RemoveClusters = RemoveCluster ?? [],
            Overrides = ReadOverrides(),
            Labels = LabelInput.Read(Label),
            RetainReplicas = Given(nameof(RetainReplicas), RetainReplicas),
            Orphan = Given(nameof(Orphan), Orphan),
            DeleteUnmanaged = Given(nameof(DeleteUnmanagedContent), DeleteUnmanagedContent),
        });
        if (change.IsEmpty && AdoptionPolicy is null)
        {
            WriteWarning($"Nothing is set of {Type} {Name}: no parameter says what; see Get-Help Set-FederatedResource -Parameter *.");
        }

        var place = string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}/{Name}";
        var changed = TryChange($"{Type} {place} in {Open.Name}", "Set", (operation, dryRun) => SetAsync(operation, change, dryRun), out var resource);
        if (changed && PassThru)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }
    }

    /// <summary>A switch that is left out changes nothing; one that is off takes back what it stands for.</summary>
    private bool? Given(string parameter, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(parameter) ? value.ToBool() : null;

    private async Task<EngineResource> SetAsync(Operation operation, ResourceChange change, bool dryRun)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var key = ResourceWork.Key(type, Name, string.IsNullOrEmpty(Namespace) ? null : Namespace, operation.Session.Namespace);
        var placed = change.Placement is not null || change.AddClusters.Count > 0;
        return await operation.Federation.Resources.EditAsync(type, key, EditAsync, dryRun, operation.Stop).ConfigureAwait(false);

        Task EditAsync(EngineResource resource)
        {
            change.ApplyTo(resource);
            DeclareAdoption(resource);
            return Advice.WarnAsync(operation, resource, change.Overrides, placed);
        }
    }

    private System.Text.Json.Nodes.JsonObject? ReadTemplate() => Template is not null
        ? TemplateInput.From(Single(new InputWarnings(WriteWarning, nameof(Template)).Whole(Template))).Template
        : InputObject is { Stored: false, Json: { } composed } ? composed["spec"]?["template"] as System.Text.Json.Nodes.JsonObject : null;

    private System.Text.Json.Nodes.JsonObject Single(IReadOnlyList<System.Text.Json.Nodes.JsonObject> manifests) => manifests.Count == 1
        ? manifests[0]
        : throw new InputException("InvalidManifest", $"-Template holds {manifests.Count} objects; one was expected.", Name);
}
