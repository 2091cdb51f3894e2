using System.Collections.Concurrent;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.PowerShell.Commands;
using KubeFed.PowerShell.Running;
using KubeFed.PowerShell.Sessions;
using KubeFed.PowerShell.Tests.Running;
using KubeFed.Sandbox;

namespace KubeFed.PowerShell.Tests.Commands;

/// <summary>The work of Join-KubeFedCluster, without PowerShell.</summary>
public sealed class JoinWorkTests
{
    private const int Clusters = 50;
    private const int Throttle = 16;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    /// <summary>
    /// Time is not measured, as it would measure the machine: no cluster is answered before as many as are to join at once have asked. Were they joined with
    /// less concurrency, nobody would ever be answered. At 16 at once, 50 clusters take four rounds, and so less than five times as long as one, which is
    /// the bar.
    /// </summary>
    [Fact]
    public async Task P_5_Fifty_clusters_join_sixteen_at_once_and_one_that_cannot_stops_no_other()
    {
        var gate = new Gate(Throttle);
        await using var sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", .. Enumerable.Range(1, Clusters).Select(i => $"m{i}")] });
        var clients = new KubeClientFactory([sandbox.Transport], wrap: (inner, settings) => new Guarded(inner, settings.Name, gate));
        using var session = new OpenSession(new Contexts(sandbox), sandbox.Settings("host"), clients, "kube-federation-system");
        await session.Federation.ControlPlane.InstallAsync(new InstallRequest(), new ListSink(), None);
        var requests = sandbox.Members.Select(member => new JoinRequest { Name = member.Name, Member = sandbox.Settings(member.Name) }).ToList();
        requests.Insert(7, new JoinRequest { Name = "Not_A_Name", Member = sandbox.Settings("m1") });
        var sink = new ListSink();

        await JoinWork.RunAsync(new Operation(session, sink, None), requests, Throttle).WaitAsync(TimeSpan.FromMinutes(2), None);

        Assert.Equal(requests.Count - 1, sink.Objects.OfType<Cluster>().Count(cluster => cluster.Status == "Ready"));
        Assert.Equal("InvalidClusterName", ErrorMap.Describe(Assert.Single(sink.Errors)).Id);
        Assert.Equal(Throttle, gate.MostAtOnce);
        Assert.Equal(Clusters, (await session.Federation.Clusters.ListAsync(None)).Count);
    }

    [Fact]
    public async Task A_plan_of_many_is_in_the_order_they_were_named_and_writes_nothing()
    {
        await using var federation = await SandboxFederation.StartAsync();
        var before = federation.Writes;
        string[] names = ["member3", "member1", "member2"];
        var requests = names.Select(name => new JoinRequest { Name = name, Member = federation.Session.Contexts.Find(name) }).ToList();

        var planned = await JoinWork.PlanAsync(federation.Operation, requests, throttle: 3);

        Assert.Equal(names, planned.Select(result => result.Cluster.Name));
        Assert.Equal(before, federation.Writes);
        Assert.Empty(federation.Sink.Objects);
    }

    /// <summary>Lets nobody through before so many different clusters wait at once; after that, everybody.</summary>
    private sealed class Gate(int needed)
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, int> _busy = new();
        private int _most;

        public int MostAtOnce => Volatile.Read(ref _most);

        public async Task<T> PassAsync<T>(string cluster, Func<Task<T>> request)
        {
            _busy.AddOrUpdate(cluster, 1, (_, count) => count + 1);
            try
            {
                var now = _busy.Count(entry => entry.Value > 0);
                InterlockedMax(now);
                if (now >= needed)
                {
                    _open.TrySetResult();
                }

                await _open.Task.ConfigureAwait(false);
                return await request().ConfigureAwait(false);
            }
            finally
            {
                _busy.AddOrUpdate(cluster, 0, (_, count) => count - 1);
            }
        }

        private void InterlockedMax(int value)
        {
            for (var seen = _most; value > seen; seen = _most)
            {
                Interlocked.CompareExchange(ref _most, value, seen);
            }
        }
    }

    private sealed class Guarded(HttpMessageHandler inner, string cluster, Gate gate) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            cluster == "host" ? base.SendAsync(request, cancellationToken) : gate.PassAsync(cluster, () => base.SendAsync(request, cancellationToken));
    }

    private sealed class Contexts(Sandbox.Sandbox sandbox) : IContextSource
    {
        public IReadOnlyList<string> Files => [];

        public IReadOnlyList<string> Names => [.. sandbox.Clusters.Select(cluster => cluster.Name)];

        public ConnectionSettings Find(string? context) => sandbox.Settings(context ?? "host");
    }
}
