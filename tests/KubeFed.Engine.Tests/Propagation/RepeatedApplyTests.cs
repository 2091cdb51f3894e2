using System.Globalization;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Copies that somebody changes each time after they were applied.</summary>
public class RepeatedApplyTests
{
    private const string Everywhere = "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task A_copy_that_is_changed_back_after_every_sync_is_applied_ever_more_seldom()
    {
        var time = new Steps();
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2, time: time);
        bed.Open(time);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Warnings.Clear();
        var applies = 0;
        for (var second = 0; second < 120; second++)
        {
            await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", $"{{'data':{{'a':'{second.ToString(CultureInfo.InvariantCulture)}'}}}}");
            var outcomes = await bed.SyncAsync();
            applies += outcomes.Count(outcome => outcome is { Cluster: "c1", Written: true });
            Assert.DoesNotContain(outcomes, outcome => outcome is { Cluster: "c2", Written: true } || !outcome.Succeeded);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // At 0, 5, 15, 35 and 75 seconds.
        Assert.Equal(5, applies);
        Assert.Contains("applied again later and later", Assert.Single(bed.Warnings));
        Assert.Equal("False/CheckClusters c1=Pending c2=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Drift_that_stays_repaired_is_repaired_at_once_and_so_is_a_change_of_the_template()
    {
        var time = new Steps();
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, time: time);
        bed.Open(time);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        for (var day = 0; day < 5; day++)
        {
            await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
            Assert.Contains(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Action: PlanAction.Update, Written: true });
            time.Advance(TimeSpan.FromDays(1));
        }

        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");
        Assert.Contains(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Action: PlanAction.Skip, Reason: PropagationReason.Pending });
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'c'}}}}");
        Assert.Contains(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Action: PlanAction.Update, Written: true });
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task Empty_structs_are_written_once_beside_the_controllers_of_a_current_cluster()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "web", """
            {'placement':{'clusterSelector':{}},'template':{'metadata':{'annotations':null,'creationTimestamp':null},'spec':{'replicas':1,
             'selector':{'matchLabels':{'app':'web'}},'strategy':{},'template':{'metadata':{'creationTimestamp':null,'labels':{'app':'web'},'annotations':null},
             'spec':{'nodeSelector':null,'tolerations':[],'affinity':{},'securityContext':null,
              'containers':[{'image':'nginx','name':'nginx','resources':{},'env':null,'ports':[{'containerPort':80}]}]}}},'status':{}}}
            """);
        Assert.Contains(await bed.SyncAsync(), outcome => outcome is { Cluster: "c1", Action: PlanAction.Create });
        for (var i = 0; i < 3; i++)
        {
            await bed.Sandbox.SettleAsync();
            Assert.DoesNotContain(await bed.SyncAsync(), outcome => outcome.Written);
        }
    }

    [Fact]
    public void Pauses_double_up_to_five_minutes_and_begin_anew_after_a_long_peace()
    {
        var time = new Steps();
        var repeats = new RepeatedApplies(time);
        var resource = Make.Resource(Everywhere);
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            repeats.Applied("c1", resource, "h");
            pauses.Add(repeats.Wait("c1", resource, "h").Wait.TotalSeconds);
            time.Advance(repeats.Wait("c1", resource, "h").Wait);
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300, 300], pauses);
        Assert.Equal(TimeSpan.Zero, repeats.Wait("c2", resource, "h").Wait);
        Assert.Equal(TimeSpan.Zero, repeats.Wait("c1", resource, "other").Wait);
        time.Advance(TimeSpan.FromMinutes(21));
        repeats.Applied("c1", resource, "h");
        Assert.Equal(5, repeats.Wait("c1", resource, "h").Wait.TotalSeconds);
    }

    /// <summary>A clock whose time of day and stopwatch stand still between steps; timers run in real time.</summary>
    private sealed class Steps : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
