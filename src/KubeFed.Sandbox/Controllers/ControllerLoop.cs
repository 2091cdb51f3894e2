using KubeFed.Sandbox.Controllers.Workloads;
using KubeFed.Sandbox.Security;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers;

/// <summary>One of a cluster's controllers: told of every change, it makes the next ones.</summary>
internal interface IController
{
    /// <summary>Whether changes of this resource concern it.</summary>
    bool Concerns(Change change);

    /// <summary>Acts on a change. Runs under the store's gate; what it writes comes back as further changes.</summary>
    void Handle(Change change);

    /// <summary>Does what was put off until all changes were seen. True when there may be more to do.</summary>
    bool Idle() => false;
}

/// <summary>
/// The cluster's controllers, driven by its changes and by nothing else: no timers, no polling. After every write they run until nothing more happens, so
/// that a client that asks next sees a settled cluster.
/// </summary>
internal sealed class ControllerLoop
{
    private readonly ClusterState _cluster;
    private readonly IReadOnlyList<IController> _controllers;
    private readonly Queue<Change> _pending = new();
    private bool _settling;

    public ControllerLoop(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter, Tokens tokens, bool simulateWorkloads)
    {
        _cluster = cluster;
        var controllers = new List<IController>
        {
            new DefinitionController(cluster, writer, deleter),
            new ServiceAccountController(cluster, writer, deleter, tokens),
            new NamespaceController(cluster, writer, deleter),
            new GarbageCollector(cluster, writer, deleter),
        };
        if (simulateWorkloads)
        {
            controllers.Add(new WorkloadController(cluster, writer, deleter));
        }

        _controllers = controllers;
        cluster.Store.Recorded = change =>
        {
            if (IsRunning && _controllers.Any(controller => controller.Concerns(change)))
            {
                _pending.Enqueue(change);
            }
        };
    }

    /// <summary>False leaves every object as clients wrote it: a cluster without a controller manager.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>False lets changes pile up until <see cref="Settle"/> is asked for by name.</summary>
    public bool SettlesAfterWrites { get; set; } = true;

    /// <summary>Runs the controllers until they have nothing left to do.</summary>
    public void Settle(bool force = false)
    {
        if (!SettlesAfterWrites && !force)
        {
            return;
        }

        lock (_cluster.Store.Gate)
        {
            if (_settling)
            {
                return;
            }

            _settling = true;
            try
            {
                do
                {
                    Drain();
                }
                while (_controllers.Any(controller => controller.Idle()) || _pending.Count > 0);
            }
            finally
            {
                _settling = false;
            }
        }
    }

    private void Drain()
    {
        while (_pending.TryDequeue(out var change))
        {
            foreach (var controller in _controllers)
            {
                if (controller.Concerns(change))
                {
                    controller.Handle(change);
                }
            }
        }
    }
}
