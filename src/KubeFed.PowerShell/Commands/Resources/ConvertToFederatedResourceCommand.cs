using KubeFed.Engine;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Makes the federated form of objects that exist on the host, are in files, or come down the pipeline.</summary>
[Cmdlet(VerbsData.ConvertTo, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ExistingSet)]
[OutputType(typeof(FederatedResource))]
public sealed class ConvertToFederatedResourceCommand : DeclaringCmdlet
{
    private const string ExistingSet = "Existing";
    private const string ObjectSet = "InputObject";
    private const string PathSet = "Path";

    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ExistingSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>Names of objects on the host.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ExistingSet)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The objects' namespace; without it, the object's own, else the context's.</summary>
    [Parameter]
    [Alias("Ns")]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>An object: a hashtable, a custom object, or YAML or JSON text.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>Files of YAML or JSON; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Stores the federated resource on the host; without it, it is only written to the pipeline.</summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var placement = OrThrow(ReadPlacement) ?? PlacementSpec.All;
        var overrides = OrThrow(ReadOverrides) ?? [];
        if (ParameterSetName == ExistingSet)
        {
            foreach (var name in Name)
            {
                Convert(name, overrides, operation => FromHostAsync(operation, name, placement));
            }

            return;
        }

        var manifests = OrThrow(() => InputObject is not null ? ManifestInput.Read(InputObject, nameof(InputObject)) : [.. ManifestFiles.Of(this, Path!)]);
        foreach (var manifest in manifests.Select(json => new KubeObject(json)))
        {
            Convert(manifest.Name, overrides, operation => FromManifestAsync(operation, manifest, placement));
        }
    }

    private void Convert(string name, IReadOnlyList<OverrideEntry> overrides, Func<Operation, Task<EngineResource>> convert)
    {
        EngineResource resource;
        if (!Create)
        {
            if (TryRun(name, ComposeAsync, out resource))
            {
                WriteObject(ResourceMap.ToOutput(resource, Now));
            }

            return;
        }

        var created = TryChange(
            $"federated resource {name} in {Open.Name}",
            "Create",
            async (operation, dryRun) => await operation.Federation.Resources
                .CreateAsync(await ComposeAsync(operation).ConfigureAwait(false), dryRun, operation.Stop).ConfigureAwait(false),
            out resource);
        if (created)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }

        async Task<EngineResource> ComposeAsync(Operation operation)
        {
            var converted = await convert(operation).ConfigureAwait(false);
            OverrideEdit.Replace(converted, overrides);
            DeclareAdoption(converted);
            return converted.ThrowIfFaulty();
        }
    }

    private async Task<EngineResource> FromHostAsync(Operation operation, string name, PlacementSpec placement)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var key = type.Target.Namespaced ? new ObjectKey(Namespace ?? operation.Session.Namespace, name) : ObjectKey.ClusterScoped(name);
        var target = await operation.Session.Host.FindAsync(type.Target, key, operation.Stop).ConfigureAwait(false)
            ?? throw new FederationException(
                "ObjectNotFound", FederationProblem.NotFound, $"There is no {type.Target.Kind} '{key}' in {operation.Session.Name}.")
            {
                Target = key.ToString(),
                Remedy = "Check -Name and -Namespace; what does not exist yet is declared with New-FederatedResource.",
            };
        return operation.Federation.Resources.FromTarget(type, target, placement);
    }

    private async Task<EngineResource> FromManifestAsync(Operation operation, KubeObject manifest, PlacementSpec placement)
    {
        if (manifest.Kind.Length == 0 || manifest.Name.Length == 0)
        {
            throw new InputException("InvalidManifest", "The object lacks apiVersion, kind or metadata.name.", manifest.Name)
            {
                Remedy = "Complete the object, or name one on the host with -Type and -Name.",
            };
        }

        var type = await ResourceWork.TypeOfAsync(operation, manifest.Gvk).ConfigureAwait(false);
        if (type.Target.Namespaced)
        {
            manifest.Namespace = Namespace ?? manifest.Namespace ?? operation.Session.Namespace;
        }

        return operation.Federation.Resources.FromTarget(type, manifest, placement);
    }
}
