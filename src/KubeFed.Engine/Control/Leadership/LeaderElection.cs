using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>Sees to it that of all processes that could do some work, one does: the one that holds a Lease and keeps renewing it.</summary>
/// <remarks>
/// C-3, C-20, C-21, P-105. As client-go's leader election, and in these points stricter: the renew deadline counts from the last renewal that succeeded,
/// and not from the first that failed; a leader that reads another holder's name stops at once; and the lease is given back only when the work has ended.
/// The lease has a connection of its own, so that no other request, however many wait for the host, stands before a renewal.
/// </remarks>
public sealed class LeaderElection : IDisposable
{
    /// <summary>The name KubeFed's lock has, which other objects of that name belong to.</summary>
    public const string LockName = "kubefed-controller-manager";

    private readonly LeaseCandidate _candidate;
    private readonly LeadershipTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IKubeClientFactory _connections;
    private readonly ConnectionSettings _settings;
    private IKubeClient _connection;

    /// <param name="federation">Whose host has the lease, in the system namespace.</param>
    /// <param name="identity">This candidate's, different from every other's.</param>
    /// <param name="timing">The same for all candidates, or nearly so.</param>
    /// <param name="term">What fences the work's requests; null where nothing does.</param>
    /// <param name="connections">Makes the lease's connections; null for the federation's own.</param>
    public LeaderElection(
        Federation federation, string identity, LeadershipTiming timing, LeaseTerm? term = null, IKubeClientFactory? connections = null)
    {
        ArgumentNullException.ThrowIfNull(federation);
        ArgumentNullException.ThrowIfNull(timing);
        _timing = timing;
        _time = federation.Time;
        _log = federation.Options.Loggers.CreateLogger("leader-election");
        _connections = connections ?? federation.Options.Clients;
        _settings = federation.Host.Settings with { MaxConcurrency = int.MaxValue, Timeout = timing.RenewDeadline };
        _connection = _connections.Create(_settings);
        _candidate = new LeaseCandidate(_connection, new ObjectKey(federation.SystemNamespace, LockName), identity, timing, federation.Time, term);
    }

    /// <summary>A snapshot, safe to ask for from any thread.</summary>
    public LeadershipState State => _candidate.State;

    /// <summary><c>&lt;hostname&gt;_&lt;uuid&gt;</c>, as KubeFed's controllers call themselves.</summary>
    public static string NewIdentity(string hostName) => $"{hostName}_{Guid.NewGuid()}";

    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// Waits to become leader, does the work, and gives the lease back when it has ended. Returns at once when cancelled while waiting; cancelled while
    /// leading it cancels the work, and goes on renewing until that has ended. A request that fails is told and tried again.
    /// </summary>
    /// <param name="work">Begun once, when leading. Its exceptions are passed on.</param>
    /// <param name="cancellationToken">The wish to stop.</param>
    /// <exception cref="FederationException"><c>LeaseLost</c>: the lease could not be renewed in time, or somebody else has it. The work has been cancelled;
    /// if it did not end before others may lead, it is not waited for, and the process must end.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!await AcquireAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        _log.LogInformation("promoted as leader: {Identity}", _candidate.Identity);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var renewing = new CancellationTokenSource();
        var renewal = RenewAsync(renewing.Token);
        var done = Task.Run(() => work(working.Token), CancellationToken.None);
        if (await Task.WhenAny(renewal, done).ConfigureAwait(false) == renewal)
        {
            await working.CancelAsync().ConfigureAwait(false);
            await LostAsync(done, await renewal.ConfigureAwait(false)).ConfigureAwait(false);
        }

        await renewing.CancelAsync().ConfigureAwait(false);
        await renewal.ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        await done.ConfigureAwait(false);
    }

    /// <returns>False when cancelled.</returns>
    private async Task<bool> AcquireAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var attempt = await AttemptAsync(_timing.RenewDeadline, cancellationToken).ConfigureAwait(false);
            if (attempt == LeaseAttempt.Ours)
            {
                return true;
            }

            if (attempt == LeaseAttempt.Held && _candidate.State.Holder is { } holder && holder != told)
            {
                _log.LogInformation("standing by: {Holder} leads", holder);
                told = holder;
            }

            await SleepAsync(UntilNextLook(attempt), cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Not all stand-bys at once; and not much later than the holder's time runs out.</summary>
    private TimeSpan UntilNextLook(LeaseAttempt? attempt)
    {
        var retry = _timing.RetryPeriod * (1 + (0.2 * Random.Shared.NextDouble()));
        return attempt == LeaseAttempt.Held && _candidate.HeldFor is var held && held > TimeSpan.Zero && held < retry ? held : retry;
    }

    /// <summary>Ends when it is to end, or when the lease is lost.</summary>
    /// <returns>Why it is lost; null when it is not.</returns>
    private async Task<string?> RenewAsync(CancellationToken cancellationToken)
    {
        var next = _timing.RenewEvery;
        while (true)
        {
            var left = _candidate.Left;
            await SleepAsync(next < left ? next : left, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            if (!_candidate.Leads)
            {
                return $"it could not be renewed for {_timing.RenewDeadline.TotalSeconds:0.###} s";
            }

            left = _candidate.Left;
            var attempt = await AttemptAsync(_timing.AttemptLimit < left ? _timing.AttemptLimit : left, cancellationToken).ConfigureAwait(false);
            if (attempt == LeaseAttempt.Taken)
            {
                return $"{_candidate.State.Holder} has it";
            }

            next = attempt == LeaseAttempt.Ours ? _timing.RenewEvery : _timing.RetryAfterFailure;
        }
    }

    /// <returns>Null when it failed, which has been told.</returns>
    private async Task<LeaseAttempt?> AttemptAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await _candidate.TryAsync(either.Token).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsConflict || error.IsAlreadyExists)
        {
            _log.LogDebug("Another candidate was quicker: {Reason}", error.Message);
        }
        catch (KubeException error)
        {
            _log.LogWarning("The lease {Lease} could not be had: {Reason}", LockName, error.Message);
            Reconnect(error is KubeConnectionException);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // To be stopped is no failure; whoever asked for it finds out.
        }
        catch (OperationCanceledException)
        {
            _log.LogWarning("The lease {Lease} could not be had: the host did not answer within {Limit:0.###} s", LockName, limit.TotalSeconds);
            Reconnect(isLost: true);
        }

        return null;
    }

    /// <summary>What made an attempt fail may be the connection, which can look alive for minutes; the next attempt does not depend on it.</summary>
    private void Reconnect(bool isLost)
    {
        if (isLost)
        {
            var before = _connection;
            _candidate.Use(_connection = _connections.Create(_settings));
            before.Dispose();
        }
    }

    /// <summary>Waits for the cancelled work for as long as nobody else can lead, and throws.</summary>
    private async Task LostAsync(Task work, string? why)
    {
        _log.LogError("leader election lost: {Why}", why);
        var safe = _candidate.Safe;
        await Task.WhenAny(work, Task.Delay(safe, _time, CancellationToken.None)).ConfigureAwait(false);
        if (!work.IsCompleted)
        {
            _log.LogError("The work did not end in time; the process must.");
        }
        else if (work.Exception is { } failed)
        {
            _log.LogWarning("The work failed while it was being stopped: {Reason}", failed.InnerExceptions[0].Message);
        }

        throw new FederationException("LeaseLost", FederationProblem.NotReady, "lost lease")
        {
            Remedy = $"Lease {LockName}: {why}. Start again; a Deployment does so by itself.",
            Target = LockName,
        };
    }

    private async Task ReleaseAsync()
    {
        using var deadline = new CancellationTokenSource(_timing.AttemptLimit, _time);
        try
        {
            if (await _candidate.ReleaseAsync(deadline.Token).ConfigureAwait(false))
            {
                _log.LogInformation("The lease {Lease} is given back.", LockName);
            }
        }
        catch (Exception error) when (error is KubeException or OperationCanceledException)
        {
            _log.LogWarning("The lease {Lease} could not be given back, and expires by itself: {Reason}", LockName, error.Message);
        }
    }

    /// <summary>Ends early when cancelled, without an exception.</summary>
    private async Task SleepAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
