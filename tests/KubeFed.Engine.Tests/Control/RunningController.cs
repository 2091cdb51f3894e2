using KubeFed.Engine.Control;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;

namespace KubeFed.Engine.Tests.Control;

/// <summary>A controller at work on a federation in memory, and ways to wait for what it does: for conditions, never for a time.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    /// <summary>The delays of a controller, a tenth and less of what they are in life.</summary>
    public static ControllerOptions Hasty { get; } = new()
    {
        Debounce = TimeSpan.FromMilliseconds(20),
        RecheckAfter = TimeSpan.FromMilliseconds(300),
        InitialBackoff = TimeSpan.FromMilliseconds(200),
        MaximalBackoff = TimeSpan.FromSeconds(2),
        Patience = TimeSpan.FromSeconds(1),
        EventLinger = TimeSpan.FromMilliseconds(200),
        EventInterval = TimeSpan.FromMilliseconds(300),
    };

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FederationBed _bed;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SyncOutcome> _outcomes = [];
    private readonly Task _running;

    private RunningController(FederationBed bed, ControllerOptions options)
    {
        _bed = bed;
        Controller = bed.Federation.Controller(options);
        _running = Controller.RunAsync(bed, Tell, _stop.Token);
    }

    public FederationController Controller { get; }

    public ControllerState State => Controller.State;

    public IReadOnlyList<SyncOutcome> Outcomes
    {
        get
        {
            lock (_outcomes)
            {
                return [.. _outcomes];
            }
        }
    }

    /// <summary>Started, and quiet after its first look at everything.</summary>
    public static async Task<RunningController> StartAsync(FederationBed bed, ControllerOptions? options = null)
    {
        var controller = new RunningController(bed, options ?? Hasty);
        await controller.QuietAsync();
        bed.Clear();
        return controller;
    }

    /// <summary>Until everything is known, nothing is due, and nothing has been asked of any server for a moment.</summary>
    public async Task QuietAsync()
    {
        var calm = 0;
        await UntilAsync(
            () =>
            {
                calm = State.IsSynced && Controller.IsIdle(TimeSpan.FromMilliseconds(150)) ? calm + 1 : 0;
                return Task.FromResult(calm > 6);
            },
            "the controller is quiet");
    }

    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var deadline = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            if (_running.IsCompleted)
            {
                await _running;
            }

            Assert.True(DateTime.UtcNow < deadline, $"It did not come true that {what}. State: {State}. Last outcomes: {string.Join("; ", Outcomes.TakeLast(8))}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until a resource's record says what is wanted, as <see cref="FederationBed.BriefAsync"/> puts it.</summary>
    public async Task UntilBriefAsync(string type, string name, string wanted, string @namespace = "ns1")
    {
        var last = "nothing";
        await UntilAsync(
            async () =>
            {
                if (await _bed.FederatedAsync(type, name, @namespace) is { Status: not null })
                {
                    last = await _bed.BriefAsync(type, name, @namespace);
                }

                return last == wanted;
            },
            $"{type} {name} is '{wanted}'");
    }

    /// <summary>Stops, and says that it ended as it should.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private void Tell(SyncOutcome outcome)
    {
        lock (_outcomes)
        {
            _outcomes.Add(outcome);
        }
    }
}
