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
    private const int Throttle = 32;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    /// <summary>
    /// No cluster is answered before as many as are to join at once have asked: were they joined with less concurrency, nobody would ever be answered.
    /// </summary>
    [Fact]
    public async Task P_5_Fifty_clusters_join_as_many_at_once_as_asked_for_and_one_that_cannot_stops_no_other()
    {
        var gate = new Gate(Throttle);
        await using var fleet = await Fifty.StartAsync((cluster, request) => cluster == "host" ? request() : gate.PassAsync(cluster, request));
        var requests = fleet.Requests(1, Clusters);
        requests.Insert(7, requests[0] with { Name = "Not_A_Name" });
        var sink = new ListSink();

        await JoinWork.RunAsync(new Operation(fleet.Session, sink, None), requests, Throttle).WaitAsync(TimeSpan.FromMinutes(2), None);

        Assert.Equal(Clusters, sink.Objects.OfType<Cluster>().Count(cluster => cluster.Status == "Ready"));
        Assert.Equal("InvalidClusterName", ErrorMap.Describe(Assert.Single(sink.Errors)).Id);
        Assert.Equal(Throttle, gate.MostAtOnce);
        Assert.Equal(Clusters, (await fleet.Session.Federation.Clusters.ListAsync(None)).Count);
    }

    /// <summary>Every request takes 100 ms on its way, as between continents, so that what is measured is waiting and not the machine.</summary>
    [Fact]
    public async Task Fifty_clusters_join_in_less_than_five_times_the_time_of_one()
    {
        var latency = TimeSpan.Zero;
        await using var fleet = await Fifty.StartAsync(async (_, request) =>
        {
            await Task.Delay(latency, None).ConfigureAwait(false);
            return await request().ConfigureAwait(false);
        });
        latency = TimeSpan.FromMilliseconds(100);
        var one = await TimeAsync(fleet, fleet.Requests(Clusters + 1, 1));

        var fifty = await TimeAsync(fleet, fleet.Requests(1, Clusters));

        Assert.True(fifty < one * 5, $"One cluster took {one.TotalSeconds:0.0} s and fifty {fifty.TotalSeconds:0.0} s.");
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

    private static async Task<TimeSpan> TimeAsync(Fifty fleet, List<JoinRequest> requests)
    {
        var sink = new ListSink();
        var start = TimeProvider.System.GetTimestamp();
        await JoinWork.RunAsync(new Operation(fleet.Session, sink, None), requests, Throttle);
        Assert.Equal(requests.Count, sink.Objects.Count);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>A control plane and 51 clusters that have not joined, behind a way to them that a test may obstruct.</summary>
    private sealed class Fifty : IAsyncDisposable, IContextSource
    {
        private readonly Sandbox.Sandbox _sandbox =
            Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", .. Enumerable.Range(1, Clusters + 1).Select(i => $"m{i}")] });

        private Fifty(Func<string, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> way)
        {
            var clients = new KubeClientFactory([_sandbox.Transport], wrap: (inner, settings) => new Obstructed(inner, settings.Name, way));
            Session = new OpenSession(this, _sandbox.Settings("host"), clients, "kube-federation-system");
        }

        public OpenSession Session { get; }

        public IReadOnlyList<string> Files => [];

        public IReadOnlyList<string> Names => [.. _sandbox.Clusters.Select(cluster => cluster.Name)];

        public static async Task<Fifty> StartAsync(Func<string, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> way)
        {
            var fleet = new Fifty(way);
            await fleet.Session.Federation.ControlPlane.InstallAsync(new InstallRequest(), new ListSink(), None);
            return fleet;
        }

        public List<JoinRequest> Requests(int first, int count) =>
            [.. Enumerable.Range(first, count).Select(i => new JoinRequest { Name = $"m{i}", Member = _sandbox.Settings($"m{i}") })];

        public ConnectionSettings Find(string? context) => _sandbox.Settings(context ?? "host");

        public async ValueTask DisposeAsync()
        {
            Session.Dispose();
            await _sandbox.DisposeAsync();
        }
    }

    private sealed class Obstructed(HttpMessageHandler inner, string cluster, Func<string, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> way)
        : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            way(cluster, () => base.SendAsync(request, cancellationToken));
    }
}
