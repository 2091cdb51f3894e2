using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Quickstart;

/// <summary>What a story is staged with.</summary>
public sealed record StageOptions
{
    public required StoryCluster Host { get; init; }

    /// <summary>Exactly three.</summary>
    public required IReadOnlyList<StoryCluster> Members { get; init; }

    /// <summary>Its handlers must be attached to <see cref="Meter"/>.</summary>
    public required IKubeClientFactory Clients { get; init; }

    public required RequestMeter Meter { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string SystemNamespace { get; init; } = KubeFedNames.DefaultSystemNamespace;
}

/// <summary>
/// A host, three members and the federation over them. The federation acts with the credentials join gave it; what happened is always read with the
/// administrators' clients, straight from each API server.
/// </summary>
public sealed class StoryStage : IDisposable
{
    /// <summary>The namespace the story plays in; it must not exist beforehand.</summary>
    public const string Namespace = "kubefed-quickstart";

    /// <summary>How long a deletion may take before a step calls it failed.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly StageOptions _options;
    private readonly Dictionary<string, IKubeClient> _admins = new(StringComparer.Ordinal);

    public StoryStage(StageOptions options)
    {
        if (options.Members.Count != 3)
        {
            throw new ArgumentException($"The story needs exactly three members, not {options.Members.Count}.", nameof(options));
        }

        _options = options;
        foreach (var cluster in options.Members.Prepend(options.Host))
        {
            if (!_admins.TryAdd(cluster.Name, options.Clients.Create(cluster.Admin)))
            {
                throw new ArgumentException($"Two of the story's clusters are named {cluster.Name}.", nameof(options));
            }
        }

        Federation = new Federation(new FederationOptions
        {
            Host = _admins[options.Host.Name],
            HostName = options.Host.Name,
            SystemNamespace = options.SystemNamespace,
            Clients = options.Clients,
            Time = options.Time,
            Loggers = options.Loggers,
        });
    }

    public Federation Federation { get; }

    public StoryCluster Host => _options.Host;

    public IReadOnlyList<StoryCluster> Members => _options.Members;

    public StoryCluster First => Members[0];

    public StoryCluster Second => Members[1];

    /// <summary>The one that is taken out of placements and leaves.</summary>
    public StoryCluster Third => Members[2];

    /// <summary>Set by the first step that writes; before that there is nothing to clean up.</summary>
    public bool Touched { get; set; }

    /// <summary>What each cluster held of federations, by cluster name, before anything was done.</summary>
    public Dictionary<string, IReadOnlySet<string>> Before { get; } = new(StringComparer.Ordinal);

    /// <summary>An administrator's client for a cluster of the story.</summary>
    public IKubeClient Admin(StoryCluster cluster) => _admins[cluster.Name];

    public static ObjectKey Key(string name) => new(Namespace, name);

    public Task<KubeObject?> ReadAsync(StoryCluster cluster, ApiResource resource, ObjectKey key, CancellationToken cancellationToken) =>
        Admin(cluster).FindAsync(resource, key, cancellationToken);

    public Task<FederatedType> TypeAsync(ApiResource target, CancellationToken cancellationToken) =>
        Federation.Types.ResolveAsync(target.QualifiedName, cancellationToken);

    /// <summary>One sync of the story's namespace; outcomes by type, resource and cluster.</summary>
    public async Task<IReadOnlyList<SyncOutcome>> SyncOnceAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var outcomes = new List<SyncOutcome>();
        var request = new SyncRequest { Namespaces = [Namespace], DryRun = dryRun };
        await foreach (var outcome in Federation.Sync.RunAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes
            .OrderBy(o => o.Type.IsNamespaceType ? 0 : 1)
            .ThenBy(o => o.Type.Name, StringComparer.Ordinal)
            .ThenBy(o => o.Resource)
            .ThenBy(o => o.Cluster, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Syncs until no deletion is under way any more; the outcomes of all rounds, waiting ones left out. Servers finish deletions in their own time, so a
    /// federation that has asked for one must look again.
    /// </summary>
    public async Task<IReadOnlyList<SyncOutcome>> SyncUntilSettledAsync(CancellationToken cancellationToken)
    {
        var done = new List<SyncOutcome>();
        var start = _options.Time.GetTimestamp();
        while (true)
        {
            var outcomes = await SyncOnceAsync(dryRun: false, cancellationToken).ConfigureAwait(false);
            done.AddRange(outcomes.Where(o => !IsWaiting(o) && (o.Action != PlanAction.None || !o.Succeeded)));
            if (!outcomes.Any(IsWaiting) || _options.Time.GetElapsedTime(start) > s_patience)
            {
                return done;
            }

            await PauseAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a cluster no longer has an object; waits, up to the limit of patience, for a deletion that is under way.</summary>
    public async Task<bool> IsGoneAsync(StoryCluster cluster, ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        var start = _options.Time.GetTimestamp();
        while (await ReadAsync(cluster, resource, key, cancellationToken).ConfigureAwait(false) is { } found)
        {
            if (!found.IsDeleting || _options.Time.GetElapsedTime(start) > s_patience)
            {
                return false;
            }

            await PauseAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Writes sent to each cluster while <paramref name="work"/> ran, by cluster name.</summary>
    public async Task<(T Result, IReadOnlyDictionary<string, long> Writes)> CountWritesAsync<T>(Func<Task<T>> work)
    {
        var clusters = Members.Prepend(Host).ToList();
        var before = clusters.ToDictionary(c => c.Name, c => _options.Meter.Writes(c.Admin.Server), StringComparer.Ordinal);
        var result = await work().ConfigureAwait(false);
        return (result, clusters.ToDictionary(c => c.Name, c => _options.Meter.Writes(c.Admin.Server) - before[c.Name], StringComparer.Ordinal));
    }

    public void Dispose()
    {
        Federation.Dispose();
        foreach (var admin in _admins.Values)
        {
            admin.Dispose();
        }
    }

    private static bool IsWaiting(SyncOutcome outcome) => outcome.Action == PlanAction.Wait || outcome.Reason == PropagationReason.WaitingForRemoval;

    private Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(s_pause, _options.Time, cancellationToken);
}
