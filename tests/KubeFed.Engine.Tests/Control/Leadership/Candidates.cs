using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>A host with a control plane, a clock that is moved by hand, and candidates for the lease.</summary>
internal sealed class Candidates : IDisposable
{
    public FakeFleet Fleet { get; } = new FakeFleet(time: null).Installed();

    /// <summary>What all clocks measure; what they show differs.</summary>
    public ManualTime Time { get; } = new();

    public static ObjectKey Key { get; } = FakeFleet.System(LeaderElection.LockName);

    /// <param name="name">Its identity.</param>
    /// <param name="skew">How far its clock is ahead of the others'.</param>
    public LeaseCandidate Add(string name, TimeSpan skew = default) =>
        new(Fleet.Host, Key, name, LeadershipTiming.Default, new SkewedTime(Time, skew));

    /// <summary>The lease's spec, compact; null when there is none.</summary>
    public string? Spec => Lease?.Spec?.ToJsonString();

    public KubeObject? Lease => Fleet.Host.Peek(KnownResources.Leases, LeaderElection.LockName, Key.Namespace);

    public void Dispose() => Fleet.Dispose();

    public static async Task<string> TryAsync(LeaseCandidate candidate)
    {
        try
        {
            return (await candidate.TryAsync(TestContext.Current.CancellationToken)).ToString();
        }
        catch (KubeFed.Kubernetes.Client.KubeException error)
        {
            return error.GetType().Name;
        }
    }

    /// <summary>The same seconds, another date.</summary>
    private sealed class SkewedTime(TimeProvider clock, TimeSpan skew) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + skew;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
