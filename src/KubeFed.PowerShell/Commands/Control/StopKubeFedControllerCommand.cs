using KubeFed.PowerShell.Controllers;

namespace KubeFed.PowerShell.Commands;

/// <summary>Stops the controller that runs for a federation in this process, once what it has begun is done and recorded.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KubeFedController", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class StopKubeFedControllerCommand : FederationCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ControllerRegistry.Instance.Find(Open) is not { } running)
        {
            WriteError(ErrorRecords.From(
                new InputException("ControllerNotRunning", $"No controller for {Open.Name} runs in this process.", Open.Name)
                {
                    Remedy = "Start one with Start-KubeFedController.",
                },
                Open.Name));
            return;
        }

        if (ShouldProcess($"controller of the federation in {Open.Name}", "Stop") && ControllerRegistry.Instance.Remove(running))
        {
            TryWork(Open.Name, async (_, _) =>
            {
                await running.StopAsync().ConfigureAwait(false);
                running.Dispose();
            });
        }
    }
}
