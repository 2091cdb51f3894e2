using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <summary>
/// Probes one member for as long as it is registered, and records what it settles on: probes count in a row, whatever lies between them (P-20), and what did
/// not change is written every few minutes only (P-22). A token that is about to expire is renewed on the way (P-2).
/// </summary>
/// <param name="federation">The control plane.</param>
/// <param name="member">The member.</param>
/// <param name="policy">How it is probed, as configured now.</param>
/// <param name="probed">Told what each probe found.</param>
internal sealed class HealthLoop(Federation federation, MemberWatch member, Func<HealthPolicy> policy, Action<MemberWatch, ProbeResult> probed)
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromMinutes(5);

    private HealthStreak? _streak;
    private long? _renewed;

    /// <summary>Until the token is cancelled.</summary>
    public async Task RunAsync(IEngineSink sink, ILogger logger, CancellationToken cancellationToken)
    {
        while (true)
        {
            // A suspended cluster is sent no request at all.
            if (member.Cluster.Suspension is null)
            {
                try
                {
                    await CheckAsync(cancellationToken).ConfigureAwait(false);
                    await RenewAsync(sink, cancellationToken).ConfigureAwait(false);
                }
                catch (KubeException error)
                {
                    // The host; the members' own errors are what a probe finds.
                    logger.LogWarning("The health of {Cluster} could not be recorded: {Reason}", member.Name, error.Message);
                }
            }
            else
            {
                _streak = null;
            }

            await Task.Delay(policy().Period, federation.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var current = policy();
        var cluster = member.Cluster;
        var prober = new ClusterProbe(federation, current.Timeout);
        var probe = await prober.RunAsync(cluster, _ => Task.FromResult(Client()), cancellationToken).ConfigureAwait(false);
        probed(member, probe);
        var streak = (_streak ?? HealthStreak.Of(cluster.Conditions)).Next(probe.Outcome, current);
        _streak = streak;
        if (streak.IsOpen)
        {
            return;
        }

        member.Settle(streak.Settled == ProbeOutcome.Ready ? null : new MemberFault(PropagationReason.ClusterNotReady, Words(probe), Cluster: true));
        await new HealthCheck(federation, current).RecordAsync(member.Cluster, probe, record: true, cancellationToken).ConfigureAwait(false);
    }

    private IKubeClient Client() => member.Client ?? throw member.Malformed
        ?? new FederationException("ClusterConfigInvalid", FederationProblem.NotReady, $"Cluster {member.Name} has no connection.");

    private async Task RenewAsync(IEngineSink sink, CancellationToken cancellationToken)
    {
        if (member.Client is { } client
            && (_renewed is not { } last || federation.Time.GetElapsedTime(last) >= RenewalPause)
            && await new LastingConnections(federation, sink).RenewIfDueAsync(member.Cluster, client, cancellationToken).ConfigureAwait(false))
        {
            _renewed = federation.Time.GetTimestamp();
        }
    }

    private static string Words(ProbeResult probe) => probe.Outcome switch
    {
        ProbeOutcome.Unreachable => $"the cluster is not reachable: {probe.Message}",
        ProbeOutcome.NotReady when probe.Message.Length == 0 => "the cluster says that it is not ready",
        ProbeOutcome.NotReady => $"the cluster says that it is not ready: {probe.Message}",
        _ => probe.Message,
    };
}
