using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Overrides by selector (P-60) and values made for each cluster (P-65), from the host's object to the members', on clusters in memory.</summary>
public class OverrideScenarioTests
{
    private const string Declared =
        """
        {'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}},'overrides':[
         {'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':'named'}]},
         {'clusterSelector':{'matchLabels':{'region':'eu'}},'clusterOverrides':[
          {'path':'/data/a','value':'eu'},
          {'op':'add','path':'/data/url','valueTemplate':'https://${cluster.name}.${cluster.labels.region}.example/${cluster.labels.tier:-standard}'}]}]}
        """;

    [Fact]
    public async Task P_60_P_65_Selected_clusters_get_what_the_selector_gives_and_a_name_has_the_last_word()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "web", Declared);

        await bed.SyncAsync();

        Assert.Equal("True c1=Ok c2=Ok c3=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("""{"a":"named","url":"https://c1.eu.example/standard"}""", await DataAsync(bed, "c1"));
        Assert.Equal("""{"a":"eu","url":"https://c2.eu.example/edge"}""", await DataAsync(bed, "c2"));
        Assert.Equal("""{"a":"1"}""", await DataAsync(bed, "c3"));
        Assert.Empty(bed.Warnings);
        bed.Clear();
        bed.Open();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_60_A_label_that_changes_is_felt_by_its_cluster_alone()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "web", Declared);
        await bed.SyncAsync();
        await bed.LabelAsync("c3", ("region", "eu"));
        bed.Clear();

        await bed.SyncAsync();

        Assert.Equal(["c3 PATCH", "host PATCH"], bed.Writes.Select(w => string.Join(' ', w.Split(' ').Take(2))));
        Assert.Equal("""{"a":"eu","url":"https://c3.eu.example/standard"}""", await DataAsync(bed, "c3"));

        await bed.LabelAsync("c2", ("region", null));
        bed.Clear();
        await bed.SyncAsync();

        Assert.Equal(["c2 PATCH", "host PATCH"], bed.Writes.Select(w => string.Join(' ', w.Split(' ').Take(2))));
        Assert.Equal("""{"a":"1"}""", await DataAsync(bed, "c2"));
    }

    [Fact]
    public async Task P_61_P_65_A_missing_label_fails_its_cluster_alone_and_the_copy_stays_as_it_is()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "web", Declared);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web",
            "{'spec':{'overrides':[{'clusterSelector':{},'clusterOverrides':[{'path':'/data/a','valueTemplate':'${cluster.labels.tier}'}]}]}}");

        var outcomes = await bed.SyncAsync();

        Assert.Equal(
            "False/CheckClusters c1=ApplyOverridesFailed c2=Ok c3=ApplyOverridesFailed", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains("cluster 'c3' has no label 'tier'", Assert.Single(outcomes, o => o is { Cluster: "c3", Succeeded: false }).Message);
        Assert.Equal("""{"a":"edge"}""", await DataAsync(bed, "c2"));
        Assert.Equal("""{"a":"1"}""", await DataAsync(bed, "c3"));
    }

    [Fact]
    public async Task P_60_A_selector_that_cannot_be_read_stops_every_cluster_because_nobody_can_tell_whom_it_meant()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{},'placement':{'clusterSelector':{}},'overrides':[{'clusterSelector':{'matchExpressions':[{'key':'a','operator':'Is'}]}}]}");

        var outcomes = await bed.SyncAsync();

        Assert.Equal(
            "False/CheckClusters c1=ApplyOverridesFailed c2=ApplyOverridesFailed c3=ApplyOverridesFailed", await bed.BriefAsync("configmaps", "web"));
        Assert.All(
            outcomes.Where(o => o.Type.Name == "configmaps"),
            o => Assert.StartsWith("spec.overrides[0].clusterSelector", o.Message, StringComparison.Ordinal));
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task P_60_A_definition_by_KubeFed_drops_the_selector_and_the_sync_says_what_to_do()
    {
        await using var bed = await Labelled();
        await KubeFedDefinition.InstallAsync(bed);
        await bed.DeclareAsync("configmaps", "web",
            "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}},"
            + "'overrides':[{'clusterSelector':{},'clusterOverrides':[{'path':'/data/a','value':'2'}]}]}");

        await bed.SyncAsync();

        Assert.Equal("""{"a":"1"}""", await DataAsync(bed, "c1"));
        var warning = Assert.Single(bed.Warnings);
        Assert.StartsWith("FederatedConfigMap ns1/web: spec.overrides[0].clusterName", warning, StringComparison.Ordinal);
        Assert.Contains("Enable-KubeFedType", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P_60_P_65_What_the_definition_would_drop_is_refused_before_it_is_written()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "old", "{'template':{},'placement':{'clusters':[]}}");
        await KubeFedDefinition.InstallAsync(bed);
        var type = await bed.TypeAsync("configmaps");
        var resources = bed.Federation.Resources;
        var selecting = new OverrideEntry(null, null, "/data/a", "2") { Selector = [] };
        var templated = new OverrideEntry("c1", null, "/data/a", null) { ValueTemplate = "${cluster.name}" };
        var draft = resources.Draft(new NewFederatedResource
        {
            Type = type, Key = new ObjectKey("ns1", "new"), Template = [], Placement = PlacementSpec.All, Overrides = [selecting],
        });

        foreach (var dryRun in (bool[])[true, false])
        {
            await RefusedAsync(() => resources.CreateAsync(draft, dryRun, default));
            await RefusedAsync(() => resources.EditAsync(type, new ObjectKey("ns1", "old"), r => OverrideEdit.Add(r, templated), dryRun, default));
        }

        Assert.Null(await bed.FederatedAsync("configmaps", "new"));
        Assert.Null((await bed.FederatedAsync("configmaps", "old"))!.Spec!["overrides"]);
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, bed, default);
        await resources.CreateAsync(draft, dryRun: false, default);
        await resources.EditAsync(type, new ObjectKey("ns1", "old"), r => OverrideEdit.Add(r, templated), dryRun: false, default);
        Assert.NotNull((await bed.FederatedAsync("configmaps", "new"))!.Spec!["overrides"]![0]!["clusterSelector"]);

        static async Task RefusedAsync(Func<Task> write)
        {
            var error = await Assert.ThrowsAsync<FederationException>(write);
            Assert.Equal("FederatedDefinitionTooOld", error.Id);
            Assert.Contains("Enable-KubeFedType configmaps", error.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Those_who_add_overrides_at_the_same_time_all_find_theirs()
    {
        await using var bed = await Labelled();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}");
        var type = await bed.TypeAsync("configmaps");

        await Task.WhenAll(((string[])["c1", "c2", "c3"]).Select(cluster => bed.Federation.Resources.EditAsync(
            type, new ObjectKey("ns1", "web"), resource => OverrideEdit.Add(resource, new(cluster, null, "/data/a", cluster)), dryRun: false, default)));
        await bed.SyncAsync();

        foreach (var cluster in (string[])["c1", "c2", "c3"])
        {
            Assert.Equal($$"""{"a":"{{cluster}}"}""", await DataAsync(bed, cluster));
        }
    }

    /// <summary>c1 in the eu, c2 in the eu at the edge, c3 without labels.</summary>
    private static async Task<FederationBed> Labelled()
    {
        var bed = await FederationBed.WithNamespaceAsync();
        await bed.LabelAsync("c1", ("region", "eu"));
        await bed.LabelAsync("c2", ("region", "eu"), ("tier", "edge"));
        bed.Clear();
        return bed;
    }

    private static async Task<string> DataAsync(FederationBed bed, string cluster) => (await bed.MapAsync(cluster))!.Json["data"]!.ToJsonString();
}
