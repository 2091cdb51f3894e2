using System.Collections;
using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using EngineResource = KubeFed.Engine.Api.FederatedResource;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Commands;

/// <summary>Declares a resource on the host: a template, where it goes, and what differs there.</summary>
[Cmdlet(VerbsCommon.New, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = TemplateSet)]
[OutputType(typeof(FederatedResource))]
public sealed class NewFederatedResourceCommand : DeclaringCmdlet
{
    private const string TemplateSet = "Template";
    private const string PathSet = "Path";

    /// <summary>The type by plural, kind, short name or plural.group; without it, the template's apiVersion and kind decide.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string? Type { get; set; }

    /// <summary>The resource's name; without it, the template's metadata.name.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The resource's namespace; without it, the template's, else the context's.</summary>
    [Parameter]
    [Alias("Ns")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>What members get: a hashtable, an object, or YAML or JSON text.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TemplateSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? Template { get; set; }

    /// <summary>Files of YAML or JSON with what members get; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Labels of the federated object itself.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Label { get; set; }

    /// <summary>Lets members keep their own replica counts.</summary>
    [Parameter]
    public SwitchParameter RetainReplicas { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var placement = OrThrow(() => ReadPlacement() ?? throw new InputException(
            "PlacementRequired", "Say where the resource goes: neither -Cluster nor -ClusterSelector is given.", Name)
        {
            Remedy = "Give -Cluster name,name or -ClusterSelector 'label=value'; -Cluster * means every cluster.",
        });
        var overrides = OrThrow(ReadOverrides) ?? [];
        var manifests = OrThrow(() => Template is not null ? ManifestInput.Read(Template, nameof(Template)) : [.. ManifestFiles.Of(this, Path!)]);
        if (Name is not null && manifests.Count > 1)
        {
            var error = new InputException("NameAmbiguous", $"-Name '{Name}' cannot name {manifests.Count} objects.", Name)
            {
                Remedy = "Leave -Name out: each object has its own.",
            };
            ThrowTerminatingError(ErrorRecords.From(error, Name));
        }

        foreach (var manifest in manifests)
        {
            Create(TemplateInput.From(manifest), placement, overrides);
        }
    }

    private void Create(TemplateInput template, PlacementSpec placement, IReadOnlyList<OverrideEntry> overrides)
    {
        var name = Name ?? template.Name;
        if (name is null)
        {
            var error = new InputException("NameRequired", "The resource has no name: neither -Name nor the template's metadata.name is given.", null)
            {
                Remedy = "Give -Name.",
            };
            WriteError(ErrorRecords.From(error, null));
            return;
        }

        var created = TryChange(
            $"federated resource {name} in {Open.Name}",
            "Create",
            (operation, dryRun) => CreateAsync(operation, template, name, placement, overrides, dryRun),
            out var resource);
        if (created)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }
    }

    private async Task<EngineResource> CreateAsync(
        Operation operation, TemplateInput template, string name, PlacementSpec placement, IReadOnlyList<OverrideEntry> overrides, bool dryRun)
    {
        var type = await TypeAsync(operation, template).ConfigureAwait(false);
        var draft = operation.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = ResourceWork.Key(type, name, Namespace ?? template.Namespace, operation.Session.Namespace),
            Template = (JsonObject)template.Template.DeepClone(),
            Placement = placement,
            Overrides = overrides,
            Labels = LabelInput.ReadValues(Label),
            RetainReplicas = RetainReplicas,
        });
        DeclareAdoption(draft);
        return await operation.Federation.Resources.CreateAsync(draft, dryRun, operation.Stop).ConfigureAwait(false);
    }

    private Task<EngineType> TypeAsync(Operation operation, TemplateInput template)
    {
        if (Type is not null)
        {
            return operation.Federation.Types.ResolveAsync(Type, operation.Stop);
        }

        return template.Kind is { } kind
            ? ResourceWork.TypeOfAsync(operation, kind)
            : throw new InputException("TypeRequired", "The resource has no type: neither -Type nor the template's kind is given.", Name)
            {
                Remedy = "Give -Type.",
            };
    }
}
