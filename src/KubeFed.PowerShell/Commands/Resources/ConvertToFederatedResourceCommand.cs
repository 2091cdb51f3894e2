using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Makes the federated form of objects that exist on the host, are in files, come down the pipeline, or fill a namespace.</summary>
/// <remarks>cli.md section 6; P-124, P-126.</remarks>
[Cmdlet(VerbsData.ConvertTo, "FederatedResource", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = ExistingSet)]
[OutputType(typeof(FederatedResource))]
public sealed class ConvertToFederatedResourceCommand : DeclaringCmdlet
{
    private const string ExistingSet = "Existing";
    private const string ObjectSet = "InputObject";
    private const string PathSet = "Path";
    private const string ContentsSet = "Contents";

    private readonly ManifestStream _stream = new(nameof(InputObject));

    /// <summary>The type by plural, kind, short name or plural.group.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ExistingSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServedTypeCompleter))]
    public string Type { get; set; } = string.Empty;

    /// <summary>Names of objects on the host.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ExistingSet)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The objects' namespace; without it, the object's own, else the context's. With -Contents, the namespace to federate.</summary>
    [Parameter(ParameterSetName = ExistingSet)]
    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, ParameterSetName = ContentsSet)]
    [Alias("Ns")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>Objects: hashtables, custom objects, files of Get-ChildItem, or YAML or JSON, as whole texts or line by line.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>Files of YAML or JSON, or directories of such files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Federates the namespace with what people made in it; what controllers made is left out, each object with a warning.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ContentsSet)]
    public SwitchParameter Contents { get; set; }

    /// <summary>With -Contents: types or API groups to leave out.</summary>
    [Parameter(ParameterSetName = ContentsSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServedTypeCompleter))]
    public string[] SkipApiResource { get; set; } = [];

    /// <summary>Stores the federated resources on the host; without it, they are only written to the pipeline.</summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <summary>With -Create: enables types that are not enabled yet.</summary>
    [Parameter]
    public SwitchParameter EnableType { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _stream.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var placed = OrThrow(ReadPlacement);
        var placement = placed ?? PlacementSpec.All;
        var overrides = OrThrow(ReadOverrides) ?? [];
        IReadOnlyList<GivenManifest> given = ParameterSetName switch
        {
            ObjectSet => _stream.End(),
            PathSet => OrThrow(() => ManifestFiles.OrDirectories(this, Path!).ToList()),
            _ => [],
        };
        var warnings = new InputWarnings(WriteWarning, nameof(InputObject));
        foreach (var one in given)
        {
            warnings.Tell(one);
        }

        var manifests = given.Select(one => one.Value).OfType<JsonObject>().ToList();
        Func<Operation, FederatingWork, Task> read = ParameterSetName switch
        {
            ExistingSet => (operation, work) => FromHostAsync(operation, work, placement),
            ContentsSet => (operation, work) => FromNamespaceAsync(operation, work, placement),
            _ => (operation, work) => FromManifestsAsync(operation, work, given, placement),
        };
        var what = ParameterSetName switch
        {
            ExistingSet => string.Join(", ", Name),
            ContentsSet => $"namespace {Namespace} and its contents",
            _ => manifests.Count == 1 ? new KubeObject(manifests[0]).Name : $"{manifests.Count} objects",
        };
        if (!Create)
        {
            TryRun(what, operation => RunAsync(operation, read, work => work.ShowAsync()));
            return;
        }

        TryChange(
            $"federated form of {what} in {Open.Name}",
            "Create",
            async (operation, dryRun) =>
            {
                IReadOnlyList<Engine.Change> changes = [];
                await RunAsync(operation, read, async work => changes = await work.StoreAsync(EnableType, dryRun).ConfigureAwait(false))
                    .ConfigureAwait(false);
                return changes;
            },
            changes => changes,
            out _);

        async Task RunAsync(Operation operation, Func<Operation, FederatingWork, Task> read, Func<FederatingWork, Task> end)
        {
            var work = new FederatingWork(
                operation, Declare, resource => Advice.WarnAsync(operation, resource, overrides, placed is not null));
            await read(operation, work).ConfigureAwait(false);
            await end(work).ConfigureAwait(false);
        }

        void Declare(EngineResource resource)
        {
            OverrideEdit.Replace(resource, overrides);
            DeclareAdoption(resource);
        }
    }

    private async Task FromHostAsync(Operation operation, FederatingWork work, PlacementSpec placement)
    {
        var type = Create && !EnableType
            ? await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false)
            : await operation.Federation.Resources.TypeForAsync(Type, operation.Stop).ConfigureAwait(false);
        foreach (var name in Name)
        {
            try
            {
                work.Take(await FromHostAsync(operation, type, name, placement).ConfigureAwait(false), name);
            }
            catch (Exception error) when (error is FederationException or KubeException)
            {
                work.Fail(error, name);
            }
        }
    }

    private async Task<EngineResource> FromHostAsync(Operation operation, Engine.Api.FederatedType type, string name, PlacementSpec placement)
    {
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

    private async Task FromManifestsAsync(Operation operation, FederatingWork work, IReadOnlyList<GivenManifest> given, PlacementSpec placement)
    {
        foreach (var fault in given.Select(one => one.Fault).OfType<Exception>())
        {
            work.Fail(fault, null);
        }

        var request = new ManifestRequest
        {
            Manifests = [.. given.Select(one => one.Value).OfType<JsonObject>().Select(json => new KubeObject(json))],
            Placement = placement,
            Namespace = Namespace,
            DefaultNamespace = operation.Session.Namespace,
        };
        await foreach (var item in operation.Federation.Resources.FromManifestsAsync(request, operation.Stop).ConfigureAwait(false))
        {
            if (item.Error is { } error)
            {
                work.Fail(error, item.Source.Name);
                continue;
            }

            if (item.Guessed)
            {
                operation.Sink.Warning(
                    $"{item.Source.Kind} ({item.Source.ApiVersion}) is not known to {operation.Session.Name}; its plural and scope are guessed.");
            }

            work.Take(item.Resource!, item.Source.Name);
        }
    }

    private async Task FromNamespaceAsync(Operation operation, FederatingWork work, PlacementSpec placement)
    {
        var request = new ContentsRequest { Namespace = Namespace!, SkipTypes = SkipApiResource, Placement = placement };
        await foreach (var item in operation.Federation.Resources.FromNamespaceAsync(request, operation.Stop).ConfigureAwait(false))
        {
            if (item.Fault is { } fault)
            {
                work.Fail(fault, item.Source.Name);
            }
            else if (item.Skipped is { } why)
            {
                operation.Sink.Warning($"{item.Source.Kind} {item.Source.Name} is left out: {why}");
            }
            else
            {
                work.Take(item.Resource!, item.Source.Name);
            }
        }
    }
}
