using System.Text.Json.Nodes;
using KubeFed.Engine.Federate.Checking;

namespace KubeFed.PowerShell.Commands;

/// <summary>Finds what is wrong with federated resources, stored, composed or in files, before a sync does: one object per problem.</summary>
/// <remarks>P-55. Writes nothing to any cluster.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "FederatedResource", DefaultParameterSetName = NameSet)]
[OutputType(typeof(ResourceFinding), typeof(bool))]
public sealed class TestFederatedResourceCommand : FederationCmdlet
{
    private const string NameSet = "Name";
    private const string ObjectSet = "InputObject";
    private const string PathSet = "Path";

    private readonly ManifestStream _stream = new(nameof(InputObject), takeApart: false);
    private readonly List<FiledManifest> _filed = [];
    private bool _unread;

    /// <summary>Types by plural, kind, short name or plural.group; wildcards are allowed. Without it, all enabled types.</summary>
    [Parameter(Position = 0, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Names of stored resources; wildcards are allowed.</summary>
    [Parameter(Position = 1, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ResourceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The namespaces to look in; wildcards are allowed. Without it, all.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Alias("Ns")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Labels of the federated object, as kubectl writes selectors.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>
    /// A federated resource as Get-, New- and ConvertTo-FederatedResource write it, a hashtable, a custom object, a file or directory of Get-ChildItem, or
    /// YAML or JSON, as whole texts or line by line.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    [ValidateNotNull]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>
    /// Files of YAML or JSON with any number of objects, or directories of such files; wildcards are allowed. What is not federated is named and passed over.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    /// <summary>Lets the API server of each member that the resource goes to try the copy, as a dry run that stores nothing.</summary>
    [Parameter]
    public SwitchParameter ServerDryRun { get; set; }

    /// <summary>Asks no cluster, not even the host: checks what the objects show of themselves.</summary>
    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = PathSet)]
    public SwitchParameter Offline { get; set; }

    /// <summary>Writes only $true or $false: whether there is no problem of severity Error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (!Offline)
        {
            base.BeginProcessing();
        }
        else if (ServerDryRun)
        {
            OrThrow<bool>(() => throw new InputException("InvalidInput", "-Offline asks no cluster, and -ServerDryRun asks the members.", null)
            {
                Remedy = "Give one of the two.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Path is not null)
        {
            _filed.AddRange(ManifestFiles.Each(this, Path));
            if (_filed.Count == 0)
            {
                // A pipeline that lets pass what was never looked at is worse than none.
                _unread = true;
                WriteWarning($"No file is checked: there is none at {string.Join(", ", Path)}.");
            }
        }
        else if ((InputObject as PSObject)?.BaseObject is FileSystemInfo item)
        {
            _filed.AddRange(ManifestFiles.Each(item));
        }
        else if (InputObject is not null)
        {
            _stream.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // What all checks need of the host is read once, so they are made together.
        TellOfInput();
        bool passed;
        var done = Offline
            ? TryWork(null, (sink, stop) => ManifestsAsync(new CheckWork(sink, null, null, stop) { Quiet = Quiet }), out passed)
            : TryRun(Open.Name, RunAsync, out passed);
        if (Quiet)
        {
            WriteObject(done && passed && !_unread);
        }
    }

    private async Task<bool> RunAsync(Operation operation)
    {
        var check = await ResourceCheck.OpenAsync(operation.Federation, operation.Stop).ConfigureAwait(false);
        var work = new CheckWork(operation.Sink, check, operation.Session.Namespace, operation.Stop) { Quiet = Quiet, AskMembers = ServerDryRun };
        if (ParameterSetName != NameSet)
        {
            return await ManifestsAsync(work).ConfigureAwait(false);
        }

        await ResourceWork.ForEachAsync(operation, Type, Name, new NamespaceFilter(Namespace), LabelSelector, work.ResourceAsync).ConfigureAwait(false);

        // A resource that was named and is not there is an error already; it has not passed either.
        return work.Passed && (work.Checked > 0 || Name is null || Name.All(NameFilter.IsWildcard));
    }

    private async Task<bool> ManifestsAsync(CheckWork work)
    {
        foreach (var filed in _filed)
        {
            await work.FileAsync(filed).ConfigureAwait(false);
        }

        foreach (var manifest in _stream.End().Select(given => given.Value).OfType<JsonObject>())
        {
            await work.ManifestAsync(manifest).ConfigureAwait(false);
        }

        return work.Passed;
    }

    /// <summary>What can't be read is told, and keeps nothing else from being checked.</summary>
    private void TellOfInput()
    {
        var warnings = new InputWarnings(WriteWarning, nameof(InputObject));
        foreach (var given in _stream.End())
        {
            warnings.Tell(given);
            if (given.Fault is { } fault)
            {
                _unread = true;
                WriteError(ErrorRecords.From(fault, InputObject));
            }
        }

        foreach (var remark in _filed.SelectMany(filed => filed.Remarks))
        {
            WriteWarning(remark);
        }
    }
}
