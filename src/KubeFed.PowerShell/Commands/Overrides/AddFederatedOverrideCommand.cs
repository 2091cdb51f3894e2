using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>Lets one field of a federated resource differ on some clusters. Every other override stays as it is.</summary>
[Cmdlet(VerbsCommon.Add, "FederatedOverride", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(FederatedResource))]
public sealed class AddFederatedOverrideCommand : FederationCmdlet
{
    private const string Replace = "Replace";
    private const string Insert = "Add";
    private const string Take = "Remove";

    private static readonly string[] s_operations = [Replace, Insert, Take];

    private readonly DeclarationAdvice _advice = new();

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

    /// <summary>The clusters where it differs, by name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>The labels of the clusters where it differs: <c>region=eu</c>, a hashtable of labels, or a LabelSelector; * is every cluster.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? ClusterSelector { get; set; }

    /// <summary>The field, as a JSON Pointer: /spec/replicas.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OverridePathCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>What stands there; anything that has a JSON form, $null included.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; }

    /// <summary>What stands there, made for each cluster: <c>${cluster.name}</c>, <c>${cluster.labels.region}</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? ValueTemplate { get; set; }

    /// <summary>Replace sets a field, whether it is there or not; Add inserts into a list, /- at its end; Remove takes a field away.</summary>
    [Parameter]
    [ValidateSet(Replace, Insert, Take)]
    public string Operation { get; set; } = Replace;

    /// <summary>Writes the changed resource.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var entries = OrThrow(ReadEntries);
        var place = string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}/{Name}";
        var changed = TryChange(
            $"{Type} {place} in {Open.Name}",
            $"Add override {Describe(entries)}",
            (operation, dryRun) => AddAsync(operation, entries, dryRun),
            out var resource);
        if (changed && PassThru)
        {
            WriteObject(ResourceMap.ToOutput(resource, Now));
        }
    }

    private string Describe(IReadOnlyList<OverrideEntry> entries)
    {
        var entry = entries[0];

        // The type is not looked up yet, and what is shown here may be logged.
        var value = Type.Contains("secret", StringComparison.OrdinalIgnoreCase)
            ? "a value that is not shown"
            : Excerpt.Of(JsonText.Write(entry.ValueTemplate ?? entry.Value));
        var what = entry.Op == "remove"
            ? $"remove {Excerpt.Of(entry.Path)}"
            : $"{entry.Op ?? "replace"} {Excerpt.Of(entry.Path)} = {value}";
        return $"for {string.Join(", ", entries.Select(each => each.Target))}: {what}";
    }

    private IReadOnlyList<OverrideEntry> ReadEntries()
    {
        var targets = OverrideTargets.Read(Cluster, ClusterSelector);
        foreach (var name in (Cluster ?? []).Where(name => !OverrideTargets.IsName(name)))
        {
            throw OverrideTargets.NoName(name, nameof(Cluster));
        }

        var hasValue = MyInvocation.BoundParameters.ContainsKey(nameof(Value));
        // PowerShell accepts a value of the set in any case, and the value stays as it was typed.
        var operation = s_operations.First(known => known.Equals(Operation, StringComparison.OrdinalIgnoreCase));
        var problem = (operation, hasValue, ValueTemplate) switch
        {
            (_, true, not null) => "-Value and -ValueTemplate exclude each other.",
            (Take, true, _) or (Take, _, not null) => "-Operation Remove takes no value.",
            (not Take, false, null) => $"-Operation {operation} needs a value.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new InputException("InvalidOverride", problem, Path) { Remedy = "Give -Value or -ValueTemplate, or neither with -Operation Remove." };
        }

        // Without an operation it is a replacement, which is how KubeFed writes it too (E-74).
        var op = operation == Replace ? null : operation.ToLowerInvariant();
        var (value, template) = (JsonInput.ToJson(Value, nameof(Value)), JsonInput.ToJson(ValueTemplate, nameof(ValueTemplate)));
        return [.. targets.Select(target => new OverrideEntry(target.Cluster, op, Path, value) { Selector = target.Selector, ValueTemplate = template })];
    }

    private async Task<EngineResource> AddAsync(Operation operation, IReadOnlyList<OverrideEntry> entries, bool dryRun)
    {
        var type = await operation.Federation.Types.ResolveAsync(Type, operation.Stop).ConfigureAwait(false);
        var key = ResourceWork.Key(type, Name, string.IsNullOrEmpty(Namespace) ? null : Namespace, operation.Session.Namespace);
        return await operation.Federation.Resources.EditAsync(type, key, EditAsync, dryRun, operation.Stop).ConfigureAwait(false);

        Task EditAsync(EngineResource resource)
        {
            foreach (var entry in entries)
            {
                OverrideEdit.Add(resource, entry);
            }

            return _advice.WarnAsync(operation, resource, entries, placement: false);
        }
    }
}
