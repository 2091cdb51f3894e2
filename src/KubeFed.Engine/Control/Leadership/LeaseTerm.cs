using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>
/// For how long this process may act as the leader: from each renewal of the lease to the renew deadline. Requests are fenced by it where they leave: those of
/// the work, and those for the lease itself. Before the process has led for the first time both fences are open; after its time has run out they stay closed,
/// unless it has been renewed meanwhile, which takes a request that left in time.
/// </summary>
/// <remarks>C-3. A timer alone does not end a term: it is late by as long as the process or the machine stood still.</remarks>
/// <param name="time">Both of its clocks count, see <see cref="Moment"/>.</param>
public sealed class LeaseTerm(TimeProvider time)
{
    private volatile Stand _stand = new(Renewed: null, Deadline: TimeSpan.Zero, HasLed: false, IsOver: false);

    /// <summary>For every client that does the leader's work.</summary>
    public IRequestFence Work => new Fence(this, ofLease: false);

    /// <summary>For the client that renews the lease, and gives it back when the work has ended.</summary>
    public IRequestFence Lease => new Fence(this, ofLease: true);

    /// <summary>The work may go on.</summary>
    internal bool Leads => _stand is { IsOver: false, Renewed: { } renewed } stand && renewed.Passed(time) < stand.Deadline;

    /// <summary>How long ago the last renewal that succeeded began; null when the lease is not ours.</summary>
    internal TimeSpan? SinceRenewal => _stand is { IsOver: false, Renewed: { } renewed } ? renewed.Passed(time) : null;

    /// <summary>The lease is ours.</summary>
    /// <param name="began">When the request that made it so began: others can only have seen it later.</param>
    /// <param name="deadline">For how long after that.</param>
    internal void Renew(Moment began, TimeSpan deadline) => _stand = new Stand(began, deadline, HasLed: true, IsOver: false);

    /// <summary>Somebody else has the lease.</summary>
    internal void Lose() => _stand = _stand with { Renewed = null };

    /// <summary>The work has ended, and only the lease is still to be given back.</summary>
    internal void End() => _stand = _stand with { IsOver = true };

    private string? WhyClosed(bool ofLease) => _stand is not { HasLed: true } stand ? null
        : stand.Renewed is not { } renewed ? "somebody else has the lease"
        : stand.IsOver && !ofLease ? "the lease is being given back"
        : renewed.Passed(time) is var passed && passed >= stand.Deadline ? $"the lease was last renewed {passed.TotalSeconds:0.###} s ago"
        : null;

    private sealed class Fence(LeaseTerm term, bool ofLease) : IRequestFence
    {
        public string? Closed => term.WhyClosed(ofLease);
    }

    private sealed record Stand(Moment? Renewed, TimeSpan Deadline, bool HasLed, bool IsOver);
}
