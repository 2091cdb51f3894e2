using KubeFed.Engine.Propagation;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>
/// Nodes go out of use and come back, with pods that really run on simulated nodes. After each synchronisation the members' controllers act in the worst
/// order: those that lose replicas first. Availability is looked at after every one of them. The timeline is in the test's output.
/// </summary>
public class CordonTests
{
    private const string Template =
        "{'template':{'spec':{'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
        + "'spec':{'containers':[{'name':'c','image':'nginx','resources':{'requests':{'cpu':'1'}}}]}}}},'placement':{'clusterSelector':{}}}";

    private static readonly ObjectKey _web = new("ns1", "web");

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact] // P-83
    public async Task Replicas_leave_cordoned_nodes_step_by_step_and_come_back_and_the_minimum_is_always_available()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        using var timeline = new Timeline(bed);
        await StartAsync(bed, timeline, new() { TargetKind = "FederatedDeployment", TotalReplicas = 12, Rebalance = true, Mode = SchedulingMode.Fair, Clusters = PlanNotation.Preferences("*:w1 m2") });
        Assert.Equal("c1=4 c2=4 c3=4", timeline.Ready);

        await CordonAsync(bed, "c1", cordoned: true);
        await timeline.SettleAsync("cordon c1");
        Assert.Equal("c1=0 c2=6 c3=6", timeline.Ready);

        await CordonAsync(bed, "c1", cordoned: false);
        await timeline.SettleAsync("uncordon c1");
        Assert.Equal("c1=4 c2=4 c3=4", timeline.Ready);

        // 25 % of 12 may be missing while replicas move; the minimums are 6 together.
        Assert.InRange(timeline.LeastAvailable, 9, 12);
        Assert.Equal(12, timeline.MostWritten);
    }

    [Fact] // P-83: KubeFed users waited for this for years
    public async Task Replicas_pushed_out_by_a_drain_come_back_in_compatible_mode_with_rebalance()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        using var timeline = new Timeline(bed);
        await StartAsync(bed, timeline, new() { TargetKind = "FederatedDeployment", TotalReplicas = 12, Rebalance = true });
        await CordonAsync(bed, "c1", cordoned: true);
        await DrainAsync(bed, "c1");
        timeline.Look("drained c1");
        Assert.Equal("c1=0 c2=4 c3=4", timeline.Ready);

        await timeline.SettleAsync("after the drain");
        Assert.Equal("c1=0 c2=6 c3=6", timeline.Ready);

        await CordonAsync(bed, "c1", cordoned: false);
        await bed.Sandbox["c1"].SettleAsync();
        await timeline.SettleAsync("uncordon c1");
        Assert.Equal("c1=4 c2=4 c3=4", timeline.Ready);
        Assert.InRange(timeline.LeastAvailable, 8, 16);
    }

    [Fact] // P-83: no oscillation
    public async Task A_cluster_that_stays_too_small_is_not_asked_again_and_again()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        using var timeline = new Timeline(bed);
        await StartAsync(bed, timeline, new() { TargetKind = "FederatedDeployment", TotalReplicas = 30, Rebalance = true, Mode = SchedulingMode.Fair, Clusters = PlanNotation.Preferences("c1:w8; *:w1") });

        await timeline.SettleAsync("c1 has room for 12 of its share of 24");

        Assert.Equal("c1=12 c2=9 c3=9", timeline.Ready);
        var settled = timeline.Syncs;
        for (var round = 0; round < 5; round++)
        {
            timeline.Advance(TimeSpan.FromMinutes(4));
            await timeline.SettleAsync($"{(round + 1) * 4} minutes later");
            Assert.Equal("c1=12 c2=9 c3=9", timeline.Ready);
        }

        Assert.Equal(settled + 5, timeline.Syncs); // one look each, nothing moved
    }

    private static async Task StartAsync(FederationBed bed, Timeline timeline, SchedulingPreference preference)
    {
        foreach (var member in bed.Sandbox.Members)
        {
            member.SettlesAfterWrites = false;
        }

        await bed.DeclareAsync("deployments.apps", "web", Template);
        await bed.Federation.Scheduling.Preferences.SetAsync(_web, preference, dryRun: false, None);
        await timeline.SyncAsync("set");
        timeline.Begin();
    }

    private static async Task CordonAsync(FederationBed bed, string cluster, bool cordoned)
    {
        foreach (var node in (await bed.Admin(cluster).ListAsync(KnownResources.Nodes, new ListQuery(), None)).Items)
        {
            await bed.EditAsync(cluster, KnownResources.Nodes, node.Name, $"{{'spec':{{'unschedulable':{(cordoned ? "true" : "null")}}}}}");
        }
    }

    private static async Task DrainAsync(FederationBed bed, string cluster)
    {
        foreach (var pod in (await bed.Admin(cluster).ListAsync(KnownResources.Pods, new ListQuery { Namespace = "ns1" }, None)).Items)
        {
            await bed.Admin(cluster).DeleteAsync(KnownResources.Pods, pod.Key, new DeleteOptions { GracePeriodSeconds = 0 }, None);
        }

        await bed.Sandbox[cluster].SettleAsync();
    }

    /// <summary>Synchronises, lets members act, and writes down who has how many ready.</summary>
    private sealed class Timeline : IDisposable
    {
        private readonly FederationBed _bed;
        private readonly Ahead _time = new();
        private readonly Federation _federation;

        public Timeline(FederationBed bed)
        {
            _bed = bed;
            _federation = new Federation(new FederationOptions
            {
                Host = bed.Clients.Create(bed.Sandbox.Host.Settings),
                HostName = "host",
                Clients = bed.Clients,
                Loggers = NullLoggerFactory.Instance,
                Time = _time,
            });
        }

        public string Ready => PlanNotation.Text(Count("/status/readyReplicas"));

        public long LeastAvailable { get; private set; } = long.MaxValue;

        public long MostWritten { get; private set; }

        public int Syncs { get; private set; }

        public void Advance(TimeSpan time) => _time.Offset += time;

        /// <summary>What was available before counts from here.</summary>
        public void Begin()
        {
            (LeastAvailable, MostWritten) = (long.MaxValue, 0);
            Look("begin");
        }

        /// <summary>Synchronises until nothing changes.</summary>
        public async Task SettleAsync(string occasion)
        {
            var still = false;
            for (var step = 1; !still; step++)
            {
                Assert.InRange(step, 1, 12);
                // Pods that wait are believed after a minute.
                Advance(TimeSpan.FromSeconds(61));
                var before = PlanNotation.Text(Count("/spec/replicas"));
                await SyncAsync($"{occasion}, sync {step}");
                still = PlanNotation.Text(Count("/spec/replicas")) == before;
            }
        }

        public async Task SyncAsync(string occasion)
        {
            Syncs++;
            var before = Count("/status/replicas");
            await foreach (var outcome in _federation.Sync.RunAsync(new SyncRequest { Types = ["deployments.apps"] }, _bed, None))
            {
                Assert.True(outcome.Succeeded, outcome.Message);
            }

            var wanted = Count("/spec/replicas");
            MostWritten = Math.Max(MostWritten, wanted.Values.Sum());
            foreach (var cluster in wanted.OrderBy(entry => entry.Value - before.GetValueOrDefault(entry.Key)).Select(entry => entry.Key).ToList())
            {
                await _bed.Sandbox[cluster].SettleAsync();
                Look($"{occasion}: {cluster} asks for {wanted[cluster]}");
            }
        }

        public void Look(string occasion)
        {
            var ready = Count("/status/readyReplicas");
            LeastAvailable = Math.Min(LeastAvailable, ready.Values.Sum());
            TestContext.Current.TestOutputHelper?.WriteLine($"{occasion,-60} ready {PlanNotation.Text(ready),-20} available {ready.Values.Sum(),3}");
        }

        public void Dispose() => _federation.Dispose();

        private SortedDictionary<string, long> Count(string path)
        {
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var member in _bed.Sandbox.Members)
            {
                if (member.Peek(KnownResources.Deployments, _web) is { } copy)
                {
                    var found = KubeFed.Kubernetes.Json.JsonPointer.Parse(path).TryFind(copy.Json, out var node) && node is not null;
                    counts[member.Name] = found ? node!.GetValue<long>() : 0;
                }
            }

            return counts;
        }

        private sealed class Ahead : TimeProvider
        {
            public TimeSpan Offset { get; set; }

            public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
        }
    }
}
