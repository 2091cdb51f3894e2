using KubeFed.Engine.Api;

namespace KubeFed.Engine.Clusters;

/// <summary>What can be waited for.</summary>
public enum ClusterWaitFor
{
    /// <summary>It answers a probe, with the stored credentials, that it is ready.</summary>
    Ready,

    /// <summary>It does not: it is unreachable, or says that it is not ready.</summary>
    NotReady,

    /// <summary>It is no longer registered.</summary>
    Removed,
}

/// <summary>Waits for a cluster, by looking at it again and again: without running controllers nobody keeps its recorded health up to date.</summary>
internal sealed class ClusterWait(Federation federation, IEngineSink sink)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async Task<MemberCluster?> RunAsync(string name, ClusterWaitFor wanted, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = federation.Time.GetTimestamp();
        var told = string.Empty;
        while (true)
        {
            var (done, cluster, state) = await LookAsync(name, wanted, cancellationToken).ConfigureAwait(false);
            if (done)
            {
                return cluster;
            }

            if (federation.Time.GetElapsedTime(start) + Interval > timeout)
            {
                throw TimedOut(name, wanted, timeout, state);
            }

            if (state != told)
            {
                sink.Verbose($"Waiting for cluster {name}: {state}");
                told = state;
            }

            await Task.Delay(Interval, federation.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(bool Done, MemberCluster? Cluster, string State)> LookAsync(string name, ClusterWaitFor wanted, CancellationToken cancellationToken)
    {
        var cluster = await federation.Clusters.FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (wanted == ClusterWaitFor.Removed)
        {
            return (cluster is null, null, cluster is { Source.IsDeleting: true } ? "its registration is being deleted" : "it is still registered");
        }

        if (cluster is null)
        {
            throw ClusterErrors.NotFound(federation, name);
        }

        var health = await federation.Clusters.CheckAsync(cluster, HealthPolicy.Default, record: false, cancellationToken).ConfigureAwait(false);
        return (health.Ready == (wanted == ClusterWaitFor.Ready), health.Cluster, health.Ready ? "it is ready" : health.Message);
    }

    private static FederationException TimedOut(string name, ClusterWaitFor wanted, TimeSpan timeout, string state)
    {
        var what = wanted switch
        {
            ClusterWaitFor.Ready => "was not ready",
            ClusterWaitFor.NotReady => "did not cease to be ready",
            _ => "was not removed",
        };
        return new FederationException("WaitTimedOut", FederationProblem.TimedOut, $"Cluster \"{name}\" {what} within {timeout.TotalSeconds:0} s: {state}")
        {
            Remedy = wanted switch
            {
                ClusterWaitFor.Ready => $"Test-KubeFedCluster {name} tells more; wait longer with -Timeout.",
                ClusterWaitFor.NotReady => "Wait longer with -Timeout.",
                _ => $"Run Remove-KubeFedCluster {name}, or wait longer with -Timeout.",
            },
            Target = name,
        };
    }
}
