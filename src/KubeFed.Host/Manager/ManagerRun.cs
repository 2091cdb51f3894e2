using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Control;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Host.Cli;
using KubeFed.Host.Commands;
using KubeFed.Host.Manager.Endpoints;
using KubeFed.Host.Manager.Logging;
using KubeFed.Host.Manager.Metrics;
using KubeFed.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Manager;

/// <summary>The life of a controller manager: listens, looks whether it may work, waits to lead, works, and gives the lead back.</summary>
/// <remarks>C-2, C-3, C-20, P-105.</remarks>
internal sealed class ManagerRun(HostEnvironment environment, ManagerOptions options)
{
    internal static string VersionLine => $"KubeFed controller-manager version: {VersionCommand.Describe()}";

    /// <returns>An <see cref="ExitCode"/>; what went wrong has been logged.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var provider = new LineLoggerProvider(environment.Error, options.LogFormat, environment.Time);
        var least = options.Verbosity >= 2 ? LogLevel.Debug : LogLevel.Information;
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(least));
        var log = loggers.CreateLogger("controller-manager");
        try
        {
            log.LogInformation("{Version}", VersionLine);
            foreach (var (name, value) in options.Flags)
            {
                log.LogDebug("FLAG: {Name}=\"{Value}\"", name, value);
            }

            foreach (var notice in options.Notices)
            {
                log.LogWarning("{Notice}", notice);
            }

            await ServeAsync(loggers, log, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being stopped is how it ends.
        }
        catch (FederationException error)
        {
            return Failed(log, error, error.Remedy);
        }
        catch (KubeException error)
        {
            return Failed(log, error, error.Remedy);
        }
        catch (IOException error)
        {
            return Failed(log, error, null);
        }

        log.LogInformation("stopped");
        return ExitCode.Ok;
    }

    private static int Failed(ILogger log, Exception error, string? remedy)
    {
        log.LogError("{Problem}", error.Message);
        if (remedy is not null)
        {
            log.LogError("{Remedy}", remedy);
        }

        return ExitCode.Failed;
    }

    private async Task ServeAsync(ILoggerFactory loggers, ILogger log, CancellationToken cancellationToken)
    {
        var health = new ManagerHealth(environment.Time);
        using var metrics = new ManagerMetrics();
        var endpoints = await ManagerEndpoints.StartAsync(options.Health, options.Metrics, health, metrics, cancellationToken).ConfigureAwait(false);
        await using var end = endpoints.ConfigureAwait(false);
        foreach (var (what, where) in new[] { ("health", endpoints.Health), ("metrics", endpoints.Metrics) })
        {
            if (where is not null)
            {
                log.LogInformation("serving {What} on {Address}", what, where.GetLeftPart(UriPartial.Authority));
            }
        }

        var term = new LeaseTerm(environment.Time);
        var clients = new KubeClientFactory(environment.Transports, time: environment.Time, fence: term.Work);
        using var host = clients.Create(options.Connection.Settings);
        using var federation = new Federation(new FederationOptions
        {
            Host = host,
            HostName = options.Connection.Settings.Name,
            SystemNamespace = options.Connection.SystemNamespace,
            Clients = clients,
            Time = environment.Time,
            Loggers = loggers,
        });
        await WorkAsync(federation, term, health, metrics, loggers, log, cancellationToken).ConfigureAwait(false);
    }

    private async Task WorkAsync(
        Federation federation,
        LeaseTerm term,
        ManagerHealth health,
        ManagerMetrics metrics,
        ILoggerFactory loggers,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var sink = new LoggingSink(log);
        var timing = await PrepareAsync(federation, sink, log, cancellationToken).ConfigureAwait(false);
        var leases = new KubeClientFactory(environment.Transports, time: environment.Time, fence: term.Lease);
        using var election = options.ElectsLeader
            ? new LeaderElection(federation, LeaderElection.NewIdentity(Environment.MachineName), timing, term, leases)
            : null;
        health.Started(election, timing);
        if (election is null)
        {
            log.LogInformation("leading without a lease: no other controller may run for this federation");
            await LeadAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        metrics.Watch(election);
        await election.RunAsync(LeadAsync, cancellationToken).ConfigureAwait(false);

        async Task LeadAsync(CancellationToken stop)
        {
            foreach (var type in await federation.Types.ListAsync(stop).ConfigureAwait(false))
            {
                metrics.Initialise(type);
            }

            var controller = federation.Controller();
            health.Leads(controller);
            await controller.RunAsync(sink, new OutcomeLog(loggers.CreateLogger("sync")).Tell, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Everything that would make it wrong to go on.</summary>
    /// <exception cref="FederationException"><c>ControlPlaneNotFound</c>, <c>ScopeDiffers</c> or <c>ControllerRunning</c>.</exception>
    private async Task<LeadershipTiming> PrepareAsync(Federation federation, LoggingSink sink, ILogger log, CancellationToken cancellationToken)
    {
        log.LogInformation("host {Host}, namespace {Namespace}", federation.Host.Settings, federation.SystemNamespace);
        var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        if (options.ExpectedScope is { } expected && expected != config.Scope)
        {
            throw new FederationException(
                "ScopeDiffers",
                FederationProblem.Refused,
                $"DEFAULT_KUBEFED_SCOPE says {expected}, and the KubeFedConfig in {federation.SystemNamespace} says {config.Scope}.")
            {
                Remedy = "A control plane keeps the scope it was installed with. Unset the variable, or install one of the other scope.",
            };
        }

        foreach (var error in KubeFedConfigValidation.Check(config.Source, before: null))
        {
            // Fatal in KubeFed (C-13, P-106); here the default takes the value's place.
            log.LogWarning("KubeFedConfig kubefed: {Fault}", error);
        }

        foreach (var idle in ConfigEffects.Chosen(config.Source.Spec))
        {
            log.LogWarning("KubeFedConfig kubefed: {Setting}", idle);
        }

        await new RivalLock(federation).EnsureNotHeldAsync(sink, cancellationToken).ConfigureAwait(false);
        var timing = LeadershipTiming.Read(config.Source);
        if (options.ElectsLeader)
        {
            log.LogInformation(
                "the lock is Lease {Namespace}/{Lease}, not resourceLock's: for {Duration:0.###} s, renewed every {Retry:0.###} s, within {Deadline:0.###} s",
                federation.SystemNamespace,
                LeaderElection.LockName,
                timing.LeaseDuration.TotalSeconds,
                timing.RetryPeriod.TotalSeconds,
                timing.RenewDeadline.TotalSeconds);
        }

        return timing;
    }
}
