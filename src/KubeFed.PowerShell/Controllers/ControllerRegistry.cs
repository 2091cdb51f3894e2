namespace KubeFed.PowerShell.Controllers;

/// <summary>The controllers of this process, at most one for each control plane. One for all runspaces, as sandboxes are.</summary>
internal sealed class ControllerRegistry
{
    /// <summary>What a closing session waits for its controller: as long as the engine grants it, and a moment.</summary>
    private static readonly TimeSpan s_patience = Engine.Propagation.Synchronizer.GracePeriod + TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<RunningController> _running = [];

    public static ControllerRegistry Instance { get; } = new();

    /// <summary>That of a control plane; null when none runs for it here.</summary>
    public RunningController? Find(OpenSession session)
    {
        lock (_gate)
        {
            return _running.Find(running => IsSame(running.Session, session));
        }
    }

    public void Add(RunningController controller)
    {
        lock (_gate)
        {
            _running.Add(controller);
        }
    }

    public bool Remove(RunningController controller)
    {
        lock (_gate)
        {
            return _running.Remove(controller);
        }
    }

    /// <summary>Ends the controller that works with a session which is about to be closed.</summary>
    public void StopOf(OpenSession session) => Stop(running => ReferenceEquals(running.Session, session));

    /// <summary>Ends the controllers whose clusters are about to go, whoever's session they work with.</summary>
    public void StopOf(string kubeConfig) => Stop(running => running.Session.KubeConfig.Contains(kubeConfig));

    private void Stop(Predicate<RunningController> which)
    {
        List<RunningController> stopped;
        lock (_gate)
        {
            stopped = _running.FindAll(which);
            _running.RemoveAll(which);
        }

        foreach (var controller in stopped)
        {
            if (controller.StopAsync().Wait(s_patience))
            {
                controller.Dispose();
            }
        }
    }

    private static bool IsSame(OpenSession left, OpenSession right) =>
        ReferenceEquals(left, right) || (left.Server, left.KubeFedNamespace) == (right.Server, right.KubeFedNamespace);
}
