namespace KubeFed.PowerShell.Commands;

/// <summary>Looks for everything that is wrong with a federation: one object per problem, the gravest first.</summary>
/// <remarks>P-3, P-8, P-49, P-80 are among what is looked for. Writes nothing to any cluster.</remarks>
[Cmdlet(VerbsDiagnostic.Test, "KubeFed")]
[OutputType(typeof(Finding))]
public sealed class TestKubeFedCommand : FederationCmdlet
{
    /// <summary>Only problems of these severities; without it, all.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("Error", "Warning", "Information")]
    [ValidateNotNullOrEmpty]
    public string[]? Severity { get; set; }

    /// <summary>Looks at the host only; members are not asked.</summary>
    [Parameter]
    public SwitchParameter HostOnly { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => TryRun(Open.KubeFedNamespace, RunAsync);

    private async Task RunAsync(Operation operation)
    {
        var findings = await operation.Federation.ControlPlane.ExamineAsync(!HostOnly, operation.Sink, operation.Stop).ConfigureAwait(false);
        var wanted = findings
            .Select(FindingMap.ToOutput)
            .Where(finding => Severity is null || Severity.Contains(finding.Severity, StringComparer.OrdinalIgnoreCase))
            .ToList();
        foreach (var finding in wanted)
        {
            await operation.Sink.ObjectAsync(finding, operation.Stop).ConfigureAwait(false);
        }

        if (wanted.Count == 0)
        {
            var kind = Severity is null ? string.Empty : $" of severity {string.Join(", ", Severity)}";
            operation.Sink.Verbose($"No problems{kind} were found in the federation {Open.KubeFedNamespace} in {Open.Name}.");
        }
    }
}
