using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Registers clusters, finds them, checks them and lets them go.</summary>
public sealed class ClusterRegistry(Federation federation)
{
    /// <summary>All registered clusters, by name.</summary>
    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>: the host does not know the kind.</exception>
    public async Task<IReadOnlyList<MemberCluster>> ListAsync(CancellationToken cancellationToken)
    {
        var clusters = await ControlPlaneErrors.ListCoreAsync(federation, CoreResources.KubeFedClusters, cancellationToken).ConfigureAwait(false);
        return [.. clusters.Select(MemberClusterReader.Read)];
    }

    /// <summary>Null when no such cluster is registered.</summary>
    public async Task<MemberCluster?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await federation.Host
            .FindAsync(CoreResources.KubeFedClusters, new ObjectKey(federation.SystemNamespace, name), cancellationToken)
            .ConfigureAwait(false);
        return found is null ? null : MemberClusterReader.Read(found);
    }

    /// <summary>Idempotent: joining what is joined writes nothing. Many clusters may join at once.</summary>
    /// <exception cref="FederationException">
    /// <c>InvalidClusterName</c>, <c>InvalidClusterLabel</c>, <c>InvalidTokenLifetime</c>, <c>ClusterEndpointInvalid</c>, <c>ClusterInvalid</c> (what
    /// KubeFed's webhook would refuse, A-10 to A-18), <c>ClusterUnreachable</c>, <c>CredentialsRejected</c>,
    /// <c>ClusterNameTaken</c>, <c>ClusterAlreadyJoined</c>, <c>JoinObjectExists</c>, <c>TokenTimedOut</c>, <c>JoinFailed</c> or
    /// <c>ControlPlaneNotFound</c>; after any of them nothing this run created is left, unless the message names it.
    /// </exception>
    /// <remarks>cli.md section 2.</remarks>
    public async Task<JoinResult> JoinAsync(JoinRequest request, IEngineSink sink, CancellationToken cancellationToken)
    {
        using var member = federation.Options.Clients.Create(request.Member);
        return await new Join(federation, request, sink, member).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what join made, and deals with the copies as the policy says. Running it again finishes what was broken off.</summary>
    /// <exception cref="FederationException">
    /// <c>ClusterNotFound</c> (not with Force), <c>ClusterNotCleaned</c> (not with Force), <c>ClusterMismatch</c>: the given connection leads to another
    /// cluster than the one joined.
    /// </exception>
    /// <remarks>cli.md section 3.</remarks>
    public Task<LeaveResult> LeaveAsync(LeaveRequest request, IEngineSink sink, CancellationToken cancellationToken) =>
        new Leave(federation, request, sink).RunAsync(cancellationToken);

    /// <summary>Puts a new token of the same service account into the host's Secret, and takes an old long-lived one away.</summary>
    /// <exception cref="FederationException">
    /// <c>ClusterNotFound</c>; <c>CredentialNotOurs</c>: they were registered, not made by join; <c>ClusterMismatch</c>; <c>InvalidTokenLifetime</c>;
    /// <c>CredentialNotRenewed</c>, <c>TokenTimedOut</c>: they are as they were; <c>OldCredentialLeft</c>: renewed, but the old ones are good too.
    /// </exception>
    /// <remarks>P-2.</remarks>
    public async Task<ClusterChange> RenewCredentialAsync(RenewRequest request, IEngineSink sink, CancellationToken cancellationToken)
    {
        var log = new ChangeLog(sink, request.DryRun);
        return new(await new CredentialRenewal(federation, request, log).RunAsync(cancellationToken).ConfigureAwait(false), log.Changes);
    }

    /// <summary>Sets (or, with a null value, removes) labels on the KubeFedCluster.</summary>
    /// <exception cref="FederationException"><c>ClusterNotFound</c> or <c>InvalidClusterLabel</c>.</exception>
    public async Task<MemberCluster> LabelAsync(string name, IReadOnlyDictionary<string, string?> labels, CancellationToken cancellationToken) =>
        await new ClusterLabels(federation).SetAsync(name, labels, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Takes a cluster out of propagation until <see cref="ResumeAsync"/>: a sync sends it no request at all, leaves on record what is there, and says so.
    /// Nothing is taken away from it, its replicas stay counted, and a deletion waits for it. Suspending it again changes the reason only.
    /// </summary>
    /// <param name="name">The cluster.</param>
    /// <param name="reason">For those who meet the suspension; null keeps the one there is.</param>
    /// <param name="dryRun">Reads, and says what would be written.</param>
    /// <param name="sink">Told of each step.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FederationException"><c>ClusterNotFound</c>.</exception>
    public async Task<ClusterChange> SuspendAsync(string name, string? reason, bool dryRun, IEngineSink sink, CancellationToken cancellationToken)
    {
        var log = new ChangeLog(sink, dryRun);
        return new(await new ClusterSuspension(federation, log).SuspendAsync(name, reason, cancellationToken).ConfigureAwait(false), log.Changes);
    }

    /// <summary>Lets a suspended cluster take part again; the next sync makes up for what it missed.</summary>
    /// <exception cref="FederationException"><c>ClusterNotFound</c>.</exception>
    public async Task<ClusterChange> ResumeAsync(string name, bool dryRun, IEngineSink sink, CancellationToken cancellationToken)
    {
        var log = new ChangeLog(sink, dryRun);
        return new(await new ClusterSuspension(federation, log).ResumeAsync(name, cancellationToken).ConfigureAwait(false), log.Changes);
    }

    /// <summary>
    /// Probes the member and, unless a dry run, records conditions and version in the KubeFedCluster's status: when they changed, and every few
    /// minutes otherwise. A probe that contradicts the record is repeated until as many in a row as the policy wants say the same (P-20).
    /// </summary>
    /// <param name="cluster">As last read.</param>
    /// <param name="policy">How it is probed; <see cref="ControlPlaneConfig.Health"/> is what the control plane was configured with.</param>
    /// <param name="record">False for a dry run, which probes once.</param>
    /// <param name="cancellationToken">Stops the probe.</param>
    public Task<ClusterHealth> CheckAsync(MemberCluster cluster, HealthPolicy policy, bool record, CancellationToken cancellationToken) =>
        new HealthCheck(federation, policy).RunAsync(cluster, record, cancellationToken);

    /// <summary>
    /// Everything one look at a member tells: its health as <see cref="CheckAsync"/> finds it, its credentials' life and rights, and which enabled types it
    /// serves.
    /// </summary>
    /// <param name="cluster">As last read.</param>
    /// <param name="types">The enabled types.</param>
    /// <param name="config">Of the control plane.</param>
    /// <param name="record">Whether its health is recorded.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ClusterReport> ExamineAsync(
        MemberCluster cluster, IReadOnlyList<FederatedType> types, ControlPlaneConfig config, bool record, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(federation.SystemNamespace, cluster.SecretName);
        var secret = cluster.SecretName.Length == 0
            ? null
            : await federation.Host.FindAsync(KnownResources.Secrets, key, cancellationToken).ConfigureAwait(false);
        var examined = await new ClusterExamination(federation, types, config.Scope)
            .RunAsync(cluster, secret, config.Health, record, cancellationToken)
            .ConfigureAwait(false);
        var token = secret is null ? null : MemberConnections.DecodeToken(secret);
        return new ClusterReport(
            examined.Health!,
            token is null ? null : TokenLife.Of(token)?.End,
            [.. ClusterChecks.Each(examined, types, federation.Time.GetUtcNow()).OrderByDescending(finding => finding.Severity)]);
    }

    /// <summary>Waits until a cluster is what is wanted; it is looked at every 2 s, at least once.</summary>
    /// <param name="name">The cluster.</param>
    /// <param name="wanted">What to wait for.</param>
    /// <param name="timeout">For how long.</param>
    /// <param name="sink">Told what it is waiting for.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The cluster as it was found; null when it is removed.</returns>
    /// <exception cref="FederationException"><c>WaitTimedOut</c>, with what it is instead; <c>ClusterNotFound</c>.</exception>
    public Task<MemberCluster?> WaitAsync(string name, ClusterWaitFor wanted, TimeSpan timeout, IEngineSink sink, CancellationToken cancellationToken) =>
        new ClusterWait(federation, sink).RunAsync(name, wanted, timeout, cancellationToken);
}

/// <summary>A cluster after a change, and the objects the change touched. In a dry run, what both would be.</summary>
public sealed record ClusterChange(MemberCluster Cluster, IReadOnlyList<Change> Changes);

/// <summary>What one look at a member told.</summary>
/// <param name="Health">What the probe found.</param>
/// <param name="CredentialsEnd">When the stored token expires; null when it does not, or does not say.</param>
/// <param name="Findings">What is wrong or worth knowing, the worst first.</param>
public sealed record ClusterReport(ClusterHealth Health, DateTimeOffset? CredentialsEnd, IReadOnlyList<Finding> Findings);
