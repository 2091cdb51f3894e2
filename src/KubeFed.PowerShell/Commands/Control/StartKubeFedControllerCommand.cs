using KubeFed.PowerShell.Controllers;

namespace KubeFed.PowerShell.Commands;

/// <summary>Keeps a federation true in the background of this process, until it is stopped: what changes is made true as soon as it changes.</summary>
[Cmdlet(VerbsLifecycle.Start, "KubeFedController", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Controller))]
public sealed class StartKubeFedControllerCommand : FederationCmdlet
{
    /// <summary>Writes the controller that was started.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ControllerRegistry.Instance.Find(Open) is { } running)
        {
            if (!running.Running.IsCompleted)
            {
                WriteError(ErrorRecords.From(
                    new InputException("ControllerRunning", $"A controller for {Open.Name} runs already in this process.", Open.Name)
                    {
                        Remedy = "See Get-KubeFedController; stop it with Stop-KubeFedController.",
                    },
                    Open.Name));
                return;
            }

            // One that failed makes way.
            ControllerRegistry.Instance.Remove(running);
            running.Dispose();
        }

        if (!ShouldProcess($"federation in {Open.Name}", "Keep true in the background"))
        {
            return;
        }

        if (TryRun(Open.Name, StartAsync, out var started) && PassThru)
        {
            WriteObject(ControllerMap.ToOutput(started, Now));
        }
    }

    private async Task<RunningController> StartAsync(Operation operation)
    {
        var controller = new RunningController(operation.Session, KeepSession());
        try
        {
            await controller.StartedAsync(operation.Stop).ConfigureAwait(false);
        }
        catch
        {
            await controller.StopAsync().ConfigureAwait(false);
            controller.Dispose();
            throw;
        }

        ControllerRegistry.Instance.Add(controller);
        return controller;
    }
}
