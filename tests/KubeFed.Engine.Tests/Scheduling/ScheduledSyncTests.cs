using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>One synchronisation makes a preference true, on clusters in memory.</summary>
public class ScheduledSyncTests
{
    private const string Template =
        "{'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
        + "'spec':{'containers':[{'name':'c','image':'nginx'}]}}}},'placement':{'clusterSelector':{}}}";

    private static readonly ObjectKey _web = new("ns1", "web");

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_sync_decides_replicas_and_propagates_them()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        await PreferAsync(bed, 9, "c1:w2; *:w1");

        var outcomes = await bed.SyncAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal("c1=5 c2=1 c3=3", await ReplicasAsync(bed));
    }

    [Fact] // P-80: the installed definition keeps the record
    public async Task The_decision_is_readable_in_the_status_and_a_second_sync_writes_nothing_anywhere()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        await PreferAsync(bed, 6, "");
        await bed.SyncAsync();
        await bed.SyncAsync();
        bed.Clear();

        await bed.SyncAsync();

        Assert.Empty(bed.Writes);
        var status = (await bed.Federation.Scheduling.Preferences.GetAsync(_web, None)).Source.Status!;
        Assert.Equal("Scheduled", status["conditions"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal(["c1", "c2", "c3"], status["clusters"]!.AsArray().Select(cluster => cluster!["name"]!.GetValue<string>()));
        Assert.Contains("keep 2 running", status["clusters"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact] // One decision path: a dry run shows what scheduling would lead to
    public async Task A_dry_run_plans_the_propagation_of_what_would_be_scheduled()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        await PreferAsync(bed, 6, "c1:w1; c3:w1");
        bed.Clear();

        var outcomes = await bed.SyncAsync(new SyncRequest { DryRun = true, Types = ["deployments.apps"] });

        Assert.Empty(bed.Writes);
        Assert.Equal("c1=Create c2=Create c3=Create", string.Join(' ', outcomes.Select(outcome => $"{outcome.Cluster}={outcome.Action}").Order(StringComparer.Ordinal)));
        Assert.Null((await bed.FederatedAsync("deployments.apps", "web"))!.Spec!["overrides"]);
    }

    [Fact] // P-84
    public async Task Clusters_without_replicas_can_be_left_out_of_the_placement()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        await PreferAsync(bed, 6, "c1:w1; c3:w1", omitEmpty: true);

        await bed.SyncAsync();

        Assert.Equal("c1=3 c3=3", await ReplicasAsync(bed));
    }

    [Fact] // Half a move would leave too many or too few
    public async Task A_run_limited_to_some_clusters_schedules_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        await PreferAsync(bed, 9, "");

        await bed.SyncAsync(new SyncRequest { Clusters = ["c1"] });

        Assert.Equal("c1=1", await ReplicasAsync(bed));
    }

    [Fact] // P-80
    public async Task A_preference_that_leads_to_nothing_warns_and_stops_nothing()
    {
        await using var bed = await FederationBed.WithNamespaceAsync();
        await bed.DeclareAsync("deployments.apps", "web", Template);
        var preference = StoredPreference.Write(new() { TargetKind = "FederatedConfigMap", TotalReplicas = 2 }, _web);
        await bed.Admin("host").CreateAsync(CoreResources.ReplicaSchedulingPreferences, preference, new() { FieldManager = "user" }, None);

        await bed.SyncAsync();

        Assert.Equal("c1=1 c2=1 c3=1", await ReplicasAsync(bed));
        Assert.Contains("supported values: \"FederatedDeployment\"", Assert.Single(bed.Warnings), StringComparison.Ordinal);
    }

    private static Task<StoredPreference> PreferAsync(FederationBed bed, long total, string clusters, bool omitEmpty = false) => bed.Federation.Scheduling.Preferences.SetAsync(
        _web,
        new() { TargetKind = "FederatedDeployment", TotalReplicas = total, Clusters = PlanNotation.Preferences(clusters), OmitEmptyClusters = omitEmpty },
        dryRun: false,
        None);

    private static async Task<string> ReplicasAsync(FederationBed bed)
    {
        var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var cluster in bed.Sandbox.Members)
        {
            if (await bed.CopyAsync(cluster.Name, KnownResources.Deployments, "web") is { } copy)
            {
                found[cluster.Name] = copy.Spec!["replicas"]!.GetValue<long>();
            }
        }

        return PlanNotation.Text(found);
    }
}
