using KubeFed.PowerShell.Controllers;

namespace KubeFed.PowerShell.Commands;

/// <summary>Shows the controller that runs for a federation in this process, or, with -Outcome, the last of what it did.</summary>
[Cmdlet(VerbsCommon.Get, "KubeFedController")]
[OutputType(typeof(Controller), typeof(SyncResult))]
public sealed class GetKubeFedControllerCommand : FederationCmdlet
{
    /// <summary>Writes what the controller did, or could not do, with each resource and cluster, the oldest first; the last thousand are kept.</summary>
    [Parameter]
    public SwitchParameter Outcome { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ControllerRegistry.Instance.Find(Open) is not { } running)
        {
            return;
        }

        if (!Outcome)
        {
            WriteObject(ControllerMap.ToOutput(running, Now));
            return;
        }

        foreach (var outcome in running.Outcomes)
        {
            WriteObject(SyncMap.ToOutput(outcome));
        }
    }
}
