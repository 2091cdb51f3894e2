using System.Collections;
using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;
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

    private InputWarnings? _warnings;

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
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>
    /// What members get: a hashtable, an object, or YAML or JSON text; or a whole federated resource, such as ConvertTo-FederatedResource writes.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = TemplateSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? Template { get; set; }

    /// <summary>Files of YAML or JSON with what members get, or with whole federated resources; wildcards are allowed.</summary>
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
        var placement = OrThrow(ReadPlacement);
        var overrides = OrThrow(ReadOverrides);
        var given = OrThrow(() => Template is not null
            ? ManifestInput.ReadEach(Template, nameof(Template), takeApart: false)
            : [.. ManifestFiles.Of(this, Path!)]);
        var manifests = Readable(given);
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
            Create(new DeclaredInput(manifest, placement, overrides));
        }
    }

    /// <summary>What can't be read is told, and keeps nothing else from being created.</summary>
    private List<JsonObject> Readable(IReadOnlyList<GivenManifest> given)
    {
        _warnings ??= new InputWarnings(WriteWarning, nameof(Template));
        foreach (var one in given)
        {
            _warnings.Tell(one);
            if (one.Fault is { } fault)
            {
                WriteError(ErrorRecords.From(fault, Name));
            }
        }

        return [.. given.Select(one => one.Value).OfType<JsonObject>()];
    }

    private void Create(DeclaredInput declared)
    {
        var template = declared.Template;
        var name = Name ?? template.Name;
        if (name is null)
        {
            var error = new InputException("NameRequired", template.Generated is { } prefix
                ? $"The {template.Kind?.Kind ?? "resource"} has metadata.generateName '{prefix}' and no name: "
                    + "a federated resource is the same object in every cluster."
                : "The resource has no name: neither -Name nor the template's metadata.name is given.", null)
            {
                Remedy = "Give -Name.",
            };
            WriteError(ErrorRecords.From(error, null));
            return;
        }

        var created = TryChange(
            $"federated resource {name} in {Open.Name}",
            "Create",
            (operation, dryRun) => CreateAsync(operation, declared, name, dryRun),
            out var resource);
        if (created)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }
    }

    private async Task<EngineResource> CreateAsync(Operation operation, DeclaredInput declared, string name, bool dryRun)
    {
        var template = declared.Template;
        var federated = template.Kind is { } kind && Type is null
            ? await ResourceWork.FindFederatedAsync(operation, kind).ConfigureAwait(false)
            : null;
        var type = federated ?? await TypeAsync(operation, template).ConfigureAwait(false);
        if (type.IsNamespaceType && Namespace is not null && Namespace != name)
        {
            throw new InputException(
                "InvalidNamespace", $"-Namespace '{Namespace}': a {type.Federated.Kind} lies in the namespace it describes, {name}.", Namespace)
            {
                Remedy = $"Leave -Namespace out, or write -Namespace {name}.",
            };
        }

        var key = ResourceWork.KeyAsWritten(type, name, Namespace ?? template.Namespace, operation.Session.Namespace);
        var draft = federated is not null ? Whole(type, key, declared) : operation.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = key,
            Template = (JsonObject)template.Template.DeepClone(),
            Placement = declared.Placement ?? throw new InputException(
                "PlacementRequired", "Say where the resource goes: neither -Cluster nor -ClusterSelector is given.", Name)
            {
                Remedy = "Give -Cluster name,name or -ClusterSelector 'label=value'; -Cluster * means every cluster.",
            },
            Overrides = declared.Overrides ?? [],
            Labels = LabelInput.ReadValues(Label),
            RetainReplicas = RetainReplicas,
        });
        DeclareAdoption(draft);
        await Advice.WarnAsync(operation, draft, declared.Overrides, placement: declared.Placement is not null).ConfigureAwait(false);
        return await operation.Federation.Resources.CreateAsync(draft, dryRun, operation.Stop).ConfigureAwait(false);
    }

    /// <summary>A federated resource as it was given, but for what parameters say otherwise.</summary>
    private EngineResource Whole(EngineType type, ObjectKey key, DeclaredInput declared)
    {
        var value = Kubernetes.Objects.Manifest.Portable(new KubeObject(declared.Manifest));
        (value.Name, value.Namespace) = (key.Name, key.Namespace);
        var resource = new EngineResource(type, value);
        var change = new ResourceChange
        {
            Placement = declared.Placement,
            Overrides = declared.Overrides,
            Labels = LabelInput.Read(Label),
            RetainReplicas = RetainReplicas ? true : null,
        };
        change.ApplyTo(resource);
        return resource;
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

    /// <summary>One object as it was given, with what the parameters declare for it.</summary>
    private sealed record DeclaredInput(JsonObject Manifest, PlacementSpec? Placement, IReadOnlyList<OverrideEntry>? Overrides)
    {
        public TemplateInput Template { get; } = TemplateInput.From(Manifest);
    }
}
