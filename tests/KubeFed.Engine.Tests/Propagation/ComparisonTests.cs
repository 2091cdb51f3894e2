using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What is, what should be, and who owns the difference (P-127), on sandbox clusters.</summary>
public class ComparisonTests
{
    private const string Web =
        "{'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':["
        + "{'name':'web','image':'nginx:1','resources':{'requests':{'cpu':'1000m'}},'ports':[{'containerPort':80}]}]}}}},'placement':{'clusterSelector':{}}}";

    private const string Map = "{'template':{'data':{'a':'1','b':'2'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task After_a_sync_nothing_differs_although_the_server_filled_in_defaults_and_wrote_quantities_its_own_way()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.DeclareAsync("services", "web", "{'template':{'spec':{'selector':{'app':'web'},'ports':[{'port':80}]}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();

        foreach (var type in (string[])["deployments.apps", "services", "namespaces"])
        {
            var cell = Assert.Single(await CompareAsync(bed, type, type == "namespaces" ? "ns1" : "web"));
            Assert.Equal((PlanAction.None, true), (cell.Action, cell.Compared));
            Assert.All(cell.Fields, field => Assert.Equal(FieldState.Same, field.State));
        }

        var web = Assert.Single(await CompareAsync(bed, "deployments.apps", "web"));
        Assert.Contains(web.Fields, field => field.Path == "/spec/template/spec/containers[name=web]/image");
        Assert.Contains(web.Fields, field => field.Path == "/metadata/labels/kubefed.io~1managed");
        Assert.DoesNotContain(web.Fields, field => field.Path.StartsWith("/spec/strategy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_changed_is_shown_with_who_did_it_and_what_a_sync_would_do()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.SyncAsync();
        var edited = await bed.EditAsync("c2", KnownResources.Deployments, "web",
            "{'spec':{'replicas':9,'template':{'spec':{'containers':[{'name':'web','image':'nginx:2','resources':{'requests':{'cpu':'1'}}}]}}}}");

        var cells = await CompareAsync(bed, "deployments.apps", "web");

        Assert.Equal(["c1 None", "c2 Update"], cells.OrderBy(cell => cell.Cluster).Select(cell => $"{cell.Cluster} {cell.Action}"));
        var drift = cells.Single(cell => cell.Cluster == "c2").Fields.Where(field => field.State != FieldState.Same).ToDictionary(field => field.Path);
        Assert.Equal("9 -> 2 by user", Line(drift["/spec/replicas"]));
        Assert.Equal("\"nginx:2\" -> \"nginx:1\" by user", Line(drift["/spec/template/spec/containers[name=web]/image"]));
        Assert.Equal("/spec/template/spec/containers/0/image", drift["/spec/template/spec/containers[name=web]/image"].Pointer);
        Assert.Equal(FieldState.Missing, drift["/spec/template/spec/containers[name=web]/ports"].State);
        Assert.Equal(3, drift.Count);
        Assert.NotNull(drift["/spec/replicas"].Owners[0].Time);
        Assert.Equal(edited.Generation, (await bed.CopyAsync("c2", KnownResources.Deployments, "web"))!.Generation);
    }

    [Fact]
    public async Task What_others_added_is_theirs_and_no_difference()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Map);
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'annotations':{'x':'y'},'labels':{'mine':'1'}},'data':{'z':'3'}}");

        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "configmaps", "web"))));
    }

    [Fact]
    public async Task A_change_that_is_declared_and_not_synchronised_is_ours_and_what_left_the_template_is_left_over()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Map);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'new','b':null,'c':'3'}}}}");

        var cell = Assert.Single(await CompareAsync(bed, "configmaps", "web"));

        Assert.Equal(PlanAction.Update, cell.Action);
        Assert.Equal(["Differs /data/a", "Leftover /data/b", "Missing /data/c"], Differences(cell));
        Assert.Equal("\"1\" -> \"new\" by kubefed", Line(cell.Fields.Single(field => field.Path == "/data/a")));
        await bed.SyncAsync();
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "configmaps", "web"))));
    }

    [Fact]
    public async Task An_override_shows_in_its_own_cluster_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Map);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'overrides':[{'clusterName':'c2','clusterOverrides':[{'path':'/data/a','value':'x'}]}]}}");

        var cells = (await CompareAsync(bed, "configmaps", "web")).OrderBy(cell => cell.Cluster).ToList();

        Assert.Empty(Differences(cells[0]));
        Assert.Equal(["Differs /data/a"], Differences(cells[1]));
    }

    [Fact]
    public async Task Copies_that_are_missing_or_to_go_are_shown_whole()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 3);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'},{'name':'gone'}]}}");
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[{'name':'c2'},{'name':'gone'}]}}}");

        var cells = (await CompareAsync(bed, "configmaps", "web")).ToDictionary(cell => cell.Cluster);

        Assert.Equal(["c1", "c2", "gone"], cells.Keys.Order());
        Assert.Equal((PlanAction.Delete, "Leftover /"), (cells["c1"].Action, Assert.Single(Differences(cells["c1"]))));
        Assert.Equal((PlanAction.Create, "Missing /"), (cells["c2"].Action, Assert.Single(Differences(cells["c2"]))));
        Assert.Equal((PlanAction.Error, PropagationReason.ClusterNotFound, false), (cells["gone"].Action, cells["gone"].Reason, cells["gone"].Compared));
        Assert.Null(await bed.MapAsync("c2"));
    }

    [Fact]
    public async Task A_cluster_that_is_away_says_so_for_itself_and_is_asked_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2, time: new Fakes.LeapingTime());
        await bed.DeclareAsync("configmaps", "one", Map);
        await bed.DeclareAsync("configmaps", "two", Map);
        await bed.SyncAsync();
        bed.Faults("c1").When(_ => true, Fault.Unreachable);
        var preview = await bed.Federation.Sync.PreviewAsync(bed, default);

        var one = await CompareAsync(bed, "configmaps", "one", preview);
        var injected = bed.Faults("c1").Injected;
        var two = await CompareAsync(bed, "configmaps", "two", preview);

        Assert.Equal(["c1 Error ClusterNotReady False", "c2 None Ok True"], one.Select(Brief).Order());
        Assert.Equal(["c1 Error ClusterNotReady False", "c2 None Ok True"], two.Select(Brief).Order());
        Assert.Equal(injected, bed.Faults("c1").Injected);
    }

    [Fact]
    public async Task What_the_member_would_refuse_is_told_before_it_is_tried()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.SyncAsync();
        await bed.ChangeAsync("deployments.apps", "web",
            "{'spec':{'template':{'spec':{'selector':{'matchLabels':{'app':'other'}},'template':{'metadata':{'labels':{'app':'other'}}}}}}}");

        var cell = Assert.Single(await CompareAsync(bed, "deployments.apps", "web"));

        Assert.Equal((PlanAction.Update, PropagationReason.UpdateFailed), (cell.Action, cell.Reason));
        Assert.Contains("immutable", cell.Message, StringComparison.Ordinal);
        Assert.Contains("Differs /spec/selector/matchLabels/app", Differences(cell));
    }

    [Fact]
    public async Task An_object_that_opted_out_or_is_not_ours_is_compared_although_it_is_left_alone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2, adopt: false);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'false'}},'data':{'a':'theirs'}}");
        await bed.PutAsync("c2", KnownResources.ConfigMaps, "web", "{'data':{'a':'1','b':'2'}}");
        await bed.DeclareAsync("configmaps", "web", Map);

        var cells = (await CompareAsync(bed, "configmaps", "web")).OrderBy(cell => cell.Cluster).ToList();

        Assert.Equal(["c1 Skip ManagedLabelFalse True", "c2 Error AlreadyExists True"], cells.Select(Brief));
        Assert.Equal(["Differs /data/a", "Missing /data/b", "Differs /metadata/labels/kubefed.io~1managed"], Differences(cells[0]));
        Assert.Equal(["Missing /metadata/labels"], Differences(cells[1]));
    }

    [Fact]
    public async Task What_a_controller_left_that_the_template_no_longer_has_is_foretold_before_the_take_over_and_its_defaults_are_not()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        const string mark = "'metadata':{'labels':{'kubefed.io/managed':'true','old':'1'}}";
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", $"{{{mark},'data':{{'a':'1','b':'2','old':'x'}}}}", manager: "controller-manager");
        await bed.PutAsync("c1", KnownResources.Deployments, "web",
            $"{{{mark},'spec':{{'replicas':2,'minReadySeconds':5,'selector':{{'matchLabels':{{'app':'web'}}}},"
            + "'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':["
            + "{'name':'web','image':'nginx:1','env':[{'name':'OLD','value':'x'}],'resources':{'requests':{'cpu':'1000m'}},'ports':[{'containerPort':80}]},"
            + "{'name':'sidecar','image':'s'}]}}}}",
            manager: "controller-manager");
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'theirs':'y'}}");
        await bed.DeclareAsync("configmaps", "web", Map);
        await bed.DeclareAsync("deployments.apps", "web", Web);

        var map = Assert.Single(await CompareAsync(bed, "configmaps", "web"));
        var deployment = Assert.Single(await CompareAsync(bed, "deployments.apps", "web"));

        Assert.Equal(PlanAction.Update, map.Action);
        Assert.Equal(["Leftover /data/old", "Leftover /metadata/labels/old"], Differences(map));
        Assert.Equal(
            [
                "Leftover /metadata/labels/old", "Leftover /spec/minReadySeconds", "Leftover /spec/template/spec/containers[name=web]/env",
                "Leftover /spec/template/spec/containers[name=sidecar]",
            ],
            Differences(deployment));
        await bed.SyncAsync();
        Assert.Equal("""{"a":"1","b":"2","theirs":"y"}""", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "configmaps", "web"))));
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "deployments.apps", "web"))));
        var containers = (await bed.CopyAsync("c1", KnownResources.Deployments, "web"))!.Spec!["template"]!["spec"]!["containers"]!.AsArray();
        Assert.Null(Assert.Single(containers)!["env"]);
    }

    [Fact]
    public async Task A_type_that_is_switched_off_is_passed_over_as_by_a_sync()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Map);
        var type = await bed.TypeAsync("configmaps") with { PropagationEnabled = false };
        var preview = await bed.Federation.Sync.PreviewAsync(bed, default);

        Assert.Empty(await preview.CompareAsync(new FederatedResource(type, (await bed.FederatedAsync("configmaps", "web"))!), null, default)
            .ToListAsync(TestContext.Current.CancellationToken));
        Assert.Contains("because a sync passes it over", Assert.Single(bed.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retained_replicas_are_the_members_and_no_difference()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("deployments.apps", "web", Web.Replace("'placement'", "'retainReplicas':true,'placement'", StringComparison.Ordinal));
        await bed.SyncAsync();
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "deployments.apps", "web"))));
        await bed.EditAsync("c1", KnownResources.Deployments, "web", "{'spec':{'replicas':9}}");
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "deployments.apps", "web"))));
    }

    [Fact]
    public async Task The_values_of_secrets_are_not_shown()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("secrets", "web", "{'template':{'data':{'password':'c2VjcmV0'}},'placement':{'clusterSelector':{}}}");
        var missing = Assert.Single(Assert.Single(await CompareAsync(bed, "secrets", "web")).Fields);
        Assert.DoesNotContain("c2VjcmV0", missing.Desired!.ToJsonString(), StringComparison.Ordinal);
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.Secrets, "web", "{'data':{'password':'b3RoZXI='}}");

        var field = Assert.Single(Assert.Single(await CompareAsync(bed, "secrets", "web")).Fields, field => field.State == FieldState.Differs);

        Assert.Equal(("/data/password", "***", "***"), (field.Path, (string?)field.Actual, (string?)field.Desired));
    }

    [Fact]
    public async Task A_field_that_nobody_but_the_template_knows_the_server_drops_and_is_no_difference()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'},'metadata':{'creationTimestamp':null}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        Assert.Empty(Differences(Assert.Single(await CompareAsync(bed, "configmaps", "web"))));
    }

    [Fact]
    public void Without_the_servers_word_only_what_is_desired_and_what_we_left_counts()
    {
        var actual = new KubeObject((JsonObject)Make.Json(
            "{'metadata':{'name':'web','labels':{'x':'1'},'managedFields':[{'manager':'kubefed','operation':'Apply','fieldsV1':{'f:data':{'f:a':{},'f:old':{}},"
            + "'f:spec':{'f:ports':{'k:{\\'port\\':80}':{'.':{},'f:port':{}}}}}}]},"
            + "'data':{'a':'2','old':'x','theirs':'y'},'spec':{'ports':[{'port':80,'protocol':'TCP'}],'more':1}}")!);
        var desired = (JsonObject)Make.Json("{'metadata':{'name':'web'},'data':{'a':'1','new':'z'},'spec':{'ports':[{'port':80},{'port':81}]}}")!;

        var fields = ObjectComparison.WithDesired(actual, desired).Where(field => field.State != FieldState.Same);

        Assert.Equal(
            ["Differs /data/a", "Missing /data/new", "Leftover /data/old", "Missing /spec/ports[port=81]"],
            fields.Select(field => $"{field.State} {field.Path}"));
    }

    private static async Task<IReadOnlyList<CellComparison>> CompareAsync(FederationBed bed, string typeName, string name, SyncPreview? preview = null)
    {
        var type = await bed.TypeAsync(typeName);
        var stored = await bed.FederatedAsync(typeName, name, typeName == "namespaces" ? name : "ns1");
        preview ??= await bed.Federation.Sync.PreviewAsync(bed, default);
        return await preview.CompareAsync(new FederatedResource(type, stored!), null, default).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Differences(CellComparison cell) =>
        cell.Fields.Where(field => field.State != FieldState.Same).Select(field => $"{field.State} {field.Path}");

    private static string Brief(CellComparison cell) => $"{cell.Cluster} {cell.Action} {cell.Reason} {cell.Compared}";

    private static string Line(FieldComparison field) =>
        $"{field.Actual?.ToJsonString()} -> {field.Desired?.ToJsonString()} by {string.Join(',', field.Owners.Select(owner => owner.Manager))}";
}
