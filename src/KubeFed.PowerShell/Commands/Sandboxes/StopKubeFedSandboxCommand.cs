using KubeFed.PowerShell.Sandboxes;

namespace KubeFed.PowerShell.Commands;

/// <summary>Stops sandboxes: closes the sessions into them and forgets all they hold.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KubeFedSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class StopKubeFedSandboxCommand : CancellableCmdlet
{
    /// <summary>Names of sandboxes; wildcards are allowed. Without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        foreach (var running in SandboxRegistry.Instance.All.Where(running => names.Matches(running.Name)))
        {
            if (ShouldProcess($"sandbox {running.Name}", "Stop"))
            {
                Stop(running);
            }
        }

        foreach (var missing in names.Unmatched)
        {
            WriteError(ErrorRecords.From(SandboxErrors.NotFound(missing), missing));
        }
    }

    private void Stop(RunningSandbox running)
    {
        if (!SandboxRegistry.Instance.Remove(running))
        {
            return;
        }

        Controllers.ControllerRegistry.Instance.StopOf(running.KubeConfig);
        foreach (var session in SessionStore.All.Where(session => session.Open.KubeConfig.Contains(running.KubeConfig)))
        {
            SessionStore.Close(session);
        }

        TryWork(running.Name, async (_, _) =>
        {
            await running.Sandbox.DisposeAsync().ConfigureAwait(false);
            if (running.OwnsKubeConfig)
            {
                File.Delete(running.KubeConfig);
            }
        });
    }
}
