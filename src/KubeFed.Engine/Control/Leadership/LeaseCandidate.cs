using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>What an attempt to have the lease led to.</summary>
internal enum LeaseAttempt
{
    /// <summary>It is ours, from now on or still.</summary>
    Ours,

    /// <summary>Somebody else's, whose record changed within its time as we saw it.</summary>
    Held,

    /// <summary>It was ours and is somebody else's: whatever is under way must stop now.</summary>
    Taken,
}

/// <summary>
/// One candidate for a Lease, one attempt at a time: client-go's algorithm without its loop. A holder is judged by when we last saw its record change, by
/// our own monotonic clock; clocks are never compared. Every write carries the resourceVersion it was decided on.
/// </summary>
/// <remarks>client-go tools/leaderelection; P-105, C-21.</remarks>
/// <param name="host">Where the lease is.</param>
/// <param name="key">The lease.</param>
/// <param name="identity">This candidate's own.</param>
/// <param name="timing">How long a lease is good for.</param>
/// <param name="time">The clocks.</param>
/// <param name="given">What the candidate's success lengthens; null for one of its own.</param>
internal sealed class LeaseCandidate(
    IKubeClient host, ObjectKey key, string identity, LeadershipTiming timing, TimeProvider time, LeaseTerm? given = null)
{
    private static readonly WriteOptions s_write = new() { FieldManager = KubeFedNames.FieldManager };

    /// <summary>Replaced whole, so that it can be looked at from any thread; one at a time attempts.</summary>
    private volatile Standing _standing = new(Lease: null, Record: null, Changed: 0, Attempted: null);

    private readonly LeaseTerm _term = given ?? new LeaseTerm(time);
    private IKubeClient _host = host;

    public string Identity => identity;

    /// <summary>From now on the lease is asked for by another connection.</summary>
    public void Use(IKubeClient connection) => _host = connection;

    /// <summary>
    /// Whether work may go on: the lease is ours, and the last renewal began less than the renew deadline ago. Counted from the beginning of that request,
    /// others can only have seen the change later, and wait for longer.
    /// </summary>
    public bool Leads => _term.Leads;

    /// <summary>Nobody else takes the lease for as long; zero when they may.</summary>
    public TimeSpan Safe => Rest(timing.LeaseDuration);

    /// <summary>Until <see cref="Leads"/> ends; zero when it has.</summary>
    public TimeSpan Left => Rest(timing.RenewDeadline);

    /// <summary>Until a holder that stays silent may be succeeded; zero when there is none.</summary>
    public TimeSpan HeldFor =>
        _standing is { Record: { Holder.Length: > 0 } record, Changed: var changed } ? Remaining(changed, Duration(record)) : TimeSpan.Zero;

    public LeadershipState State
    {
        get
        {
            var standing = _standing;
            var renewed = _term.SinceRenewal;
            var leads = _term.Leads;
            var holder = standing.Record is { Holder.Length: > 0 } record ? record.Holder : null;
            return new(identity, leads, holder, leads ? renewed : null, Elapsed(standing.Attempted));
        }
    }

    /// <summary>Acquires the lease if it is free or expired, renews it if it is ours.</summary>
    /// <exception cref="KubeException">The host could not be asked, or refused; or another candidate wrote first, which is a conflict. Nothing is lost by that
    /// alone: try again.</exception>
    public async Task<LeaseAttempt> TryAsync(CancellationToken cancellationToken)
    {
        var began = Moment.Now(time);
        _standing = _standing with { Attempted = began.Timestamp };
        if (Leads && await TryRenewAsKnownAsync(began, cancellationToken).ConfigureAwait(false))
        {
            return LeaseAttempt.Ours;
        }

        var stored = await _host.FindAsync(KnownResources.Leases, key, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            var first = Renewal(previous: null).Into(KubeObject.Create(KnownResources.Leases, key));
            Took(await _host.CreateAsync(KnownResources.Leases, first, s_write, cancellationToken).ConfigureAwait(false), began);
            return LeaseAttempt.Ours;
        }

        var led = Leads;
        var record = Observe(stored);
        if (record.Holder.Length > 0 && record.Holder != identity)
        {
            _term.Lose();
            if (led || time.GetElapsedTime(_standing.Changed, began.Timestamp) < Duration(record))
            {
                return led ? LeaseAttempt.Taken : LeaseAttempt.Held;
            }
        }

        await WriteAsync(stored, Renewal(record), began, cancellationToken).ConfigureAwait(false);
        return LeaseAttempt.Ours;
    }

    /// <summary>Gives the lease back, so that a successor need not wait for it to expire; does nothing when it is not ours.</summary>
    /// <returns>Whether it was ours.</returns>
    /// <exception cref="KubeException">It could not be given back, and expires by itself.</exception>
    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!Leads || _standing is not { Lease: { } lease, Record: { } record })
        {
            return false;
        }

        // Ours ends first: should the answer get lost, nothing may be done any more in the name of a lease that is free.
        _term.End();
        var now = LeaseRecord.Time(time.GetUtcNow());
        var released = new LeaseRecord(string.Empty, LeaseSeconds: 1, now, now, record.Transitions);
        Observe(await _host.ReplaceAsync(KnownResources.Leases, released.Into(lease.Clone()), s_write, cancellationToken).ConfigureAwait(false));
        _term.Lose();
        return true;
    }

    /// <summary>The quick way, one request: nobody but us should have written since.</summary>
    private async Task<bool> TryRenewAsKnownAsync(Moment began, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(_standing.Lease!, Renewal(_standing.Record), began, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubeApiException error) when (error.IsConflict || error.IsNotFound)
        {
            // Somebody did, or an answer of an earlier write of ours got lost: read what is there.
            return false;
        }
    }

    private async Task WriteAsync(KubeObject stored, LeaseRecord record, Moment began, CancellationToken cancellationToken) =>
        Took(await _host.ReplaceAsync(KnownResources.Leases, record.Into(stored.Clone()), s_write, cancellationToken).ConfigureAwait(false), began);

    private LeaseRecord Renewal(LeaseRecord? previous)
    {
        var now = LeaseRecord.Time(time.GetUtcNow());
        return previous is null ? new LeaseRecord(identity, timing.LeaseSeconds, now, now, Transitions: 0)
            : previous.Holder == identity ? new LeaseRecord(identity, timing.LeaseSeconds, previous.AcquireTime ?? now, now, previous.Transitions)
            : new LeaseRecord(identity, timing.LeaseSeconds, now, now, previous.Transitions + 1);
    }

    private void Took(KubeObject stored, Moment began)
    {
        Observe(stored);
        _term.Renew(began, timing.RenewDeadline);
    }

    private LeaseRecord Observe(KubeObject stored)
    {
        var record = LeaseRecord.Of(stored);
        var changed = record == _standing.Record ? _standing.Changed : time.GetTimestamp();
        _standing = _standing with { Lease = stored, Record = record, Changed = changed };
        return record;
    }

    /// <summary>A holder that does not say how long its record is good for gets our own duration: rather wait than lead beside it.</summary>
    private TimeSpan Duration(LeaseRecord record) =>
        record.LeaseSeconds is > 0 and <= int.MaxValue and var seconds ? TimeSpan.FromSeconds(seconds) : timing.LeaseDuration;

    private TimeSpan? Elapsed(long? since) => since is { } start ? time.GetElapsedTime(start) : null;

    private TimeSpan Rest(TimeSpan length) => _term.SinceRenewal is { } gone && gone < length ? length - gone : TimeSpan.Zero;

    private TimeSpan Remaining(long? since, TimeSpan length) =>
        Elapsed(since) is { } gone && gone < length ? length - gone : TimeSpan.Zero;

    /// <param name="Lease">As last read or written.</param>
    /// <param name="Record">What it says.</param>
    /// <param name="Changed">When we saw that for the first time.</param>
    /// <param name="Attempted">When the last attempt began.</param>
    private sealed record Standing(KubeObject? Lease, LeaseRecord? Record, long Changed, long? Attempted);
}
