using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>Writes objects as YAML documents, as <c>kubectl apply</c> takes them and kubefedctl printed them.</summary>
/// <remarks>cli.md section 4 step 1, section 6 mode C.</remarks>
[Cmdlet(VerbsData.ConvertTo, "KubeFedYaml")]
[OutputType(typeof(string))]
public sealed class ConvertToKubeFedYamlCommand : CancellableCmdlet
{
    private InputWarnings? _warnings;

    /// <summary>Anything this module writes that has an object to it, a hashtable, a custom object, or YAML or JSON text.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>Keeps status, identity and version as the cluster has them; without it they are left out.</summary>
    [Parameter]
    public SwitchParameter AsStored { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _warnings ??= new InputWarnings(WriteWarning, nameof(InputObject));
        foreach (var given in ManifestInput.ReadEach(InputObject!, nameof(InputObject), takeApart: false))
        {
            _warnings.Tell(given);
            if (given.Value is not { } json)
            {
                WriteError(ErrorRecords.From(given.Fault!, InputObject));
                continue;
            }

            var value = new KubeObject(json);
            var shown = AsStored ? value : Kubernetes.Objects.Manifest.Portable(value);
            WriteObject($"---\n{Kubernetes.Objects.Manifest.Write(shown).TrimEnd('\n')}");
        }
    }
}
