using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>How long a leader may be silent, and how often candidates look. Always <c>retryPeriod * 1.2 &lt; renewDeadline &lt; leaseDuration</c>.</summary>
/// <param name="LeaseDuration">For how long others leave a leader alone whose record does not change.</param>
/// <param name="RenewDeadline">How long after its last renewal began a leader gives up, if it could not renew again.</param>
/// <param name="RetryPeriod">Between two looks of a stand-by, and the longest time between two renewals of a leader.</param>
/// <remarks>KubeFedConfig's <c>leaderElect</c>, A-55 to A-57.</remarks>
public sealed record LeadershipTiming(TimeSpan LeaseDuration, TimeSpan RenewDeadline, TimeSpan RetryPeriod)
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(10);

    public static LeadershipTiming Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

    /// <summary>As a Lease writes it, in whole seconds: rounded up, since a follower that waits too long does no harm.</summary>
    public int LeaseSeconds => (int)Math.Ceiling(Math.Min(LeaseDuration.TotalSeconds, int.MaxValue));

    /// <summary>Between two renewals of a leader: as configured, but early enough for several attempts before the deadline.</summary>
    public TimeSpan RenewEvery => RetryPeriod < RenewDeadline / 3 ? RetryPeriod : RenewDeadline / 3;

    /// <summary>The longest one attempt to renew may take: at least three of them, each on a new connection, fit in before the deadline.</summary>
    public TimeSpan AttemptLimit => (RenewDeadline - RenewEvery) * 0.3;

    /// <summary>After an attempt of a leader that failed: sooner than usual, since its time is running out.</summary>
    public TimeSpan RetryAfterFailure => (RenewDeadline - RenewEvery) * 0.03;

    /// <summary>What is missing is KubeFed's default; values that contradict each other are all replaced by it, for a leader by those would be none.</summary>
    public static LeadershipTiming Read(KubeObject config)
    {
        var section = config.Spec.Map("leaderElect");
        var read = new LeadershipTiming(
            Duration(section.Text("leaseDuration"), Default.LeaseDuration),
            Duration(section.Text("renewDeadline"), Default.RenewDeadline),
            Duration(section.Text("retryPeriod"), Default.RetryPeriod));
        return read.RenewDeadline < read.LeaseDuration && read.RetryPeriod * 1.2 < read.RenewDeadline ? read : Default;
    }

    private static TimeSpan Duration(string? text, TimeSpan otherwise) =>
        GoDuration.TryParse(text, out TimeSpan duration) && duration >= s_least ? duration : otherwise;
}
