using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine;

/// <summary>What a federation is opened with.</summary>
public sealed record FederationOptions
{
    public required IKubeClient Host { get; init; }

    /// <summary>What reports call the host cluster, and half of the names join gives its objects (cli.md section 2).</summary>
    public required string HostName { get; init; }

    public string SystemNamespace { get; init; } = Api.KubeFedNames.DefaultSystemNamespace;

    /// <summary>Makes the clients of members.</summary>
    public required IKubeClientFactory Clients { get; init; }

    /// <summary>
    /// An administrator's connection to a member, by the name of its kubeconfig context, where whoever opens the federation has one; null where there is none.
    /// It may throw a KubeException. Without any, what only an administrator of a member can do is left to a later join.
    /// </summary>
    public Func<string, ConnectionSettings?> Administrators { get; init; } = _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Thresholds, tolerations and cool-downs of replica scheduling.</summary>
    public SchedulingSettings Scheduling { get; init; } = SchedulingSettings.Default;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>
/// One control plane, seen from wherever the caller is: every front builds this object and asks it. Opening it makes no request. It owns the member
/// clients it makes, not the host's.
/// </summary>
public sealed class Federation : IDisposable
{
    public Federation(FederationOptions options)
    {
        // What a server that is away for a moment costs is time, not the command.
        Direct = options.Clients;
        Options = options with { Host = new PatientClient(options.Host, options.Time), Clients = new PatientClientFactory(options.Clients, options.Time) };
        Members = new MemberConnections(this);
        ControlPlane = new ControlPlaneInstaller(this);
        Clusters = new ClusterRegistry(this);
        Types = new TypeRegistry(this);
        Resources = new FederatedResources(this);
        Scheduling = new Scheduler(this);
        Sync = new Synchronizer(this);
        Repeats = new RepeatedApplies(options.Time);
    }

    public FederationOptions Options { get; }

    public IKubeClient Host => Options.Host;

    /// <summary>Makes clients that wait for nobody: for those who probe, and for those who come back anyway.</summary>
    internal IKubeClientFactory Direct { get; }

    public string SystemNamespace => Options.SystemNamespace;

    public TimeProvider Time => Options.Time;

    public MemberConnections Members { get; }

    public ControlPlaneInstaller ControlPlane { get; }

    public ClusterRegistry Clusters { get; }

    public TypeRegistry Types { get; }

    public FederatedResources Resources { get; }

    public Scheduler Scheduling { get; }

    public Synchronizer Sync { get; }

    /// <summary>What was applied again and again, by any run of this federation.</summary>
    internal RepeatedApplies Repeats { get; }

    /// <summary>What keeps the federation true until it is stopped; it does nothing before it is run.</summary>
    /// <param name="options">Its delays; null for the defaults.</param>
    public FederationController Controller(ControllerOptions? options = null) => new(this, options ?? ControllerOptions.Default);

    public void Dispose() => Members.Dispose();

    /// <summary>A member's client for a command: it waits for a member that is away for a moment. It owns nothing.</summary>
    /// <exception cref="FederationException">As of <see cref="MemberConnections.ConnectAsync"/>.</exception>
    internal async Task<IKubeClient> ConnectAsync(Api.MemberCluster cluster, CancellationToken cancellationToken) =>
        new PatientClient(await Members.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false), Time);
}
