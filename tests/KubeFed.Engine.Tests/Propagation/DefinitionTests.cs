using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Control;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>A custom resource definition and what it defines, declared together.</summary>
public class DefinitionTests
{
    private const string Definition =
        "{'group':'example.io','scope':'Namespaced','names':{'plural':'widgets','singular':'widget','kind':'Widget','listKind':'WidgetList'},'versions':["
        + "{'name':'v1alpha1','served':false,'storage':false,'schema':{'openAPIV3Schema':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}},"
        + "{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}]}";

    private const string Everywhere = "'placement':{'clusterSelector':{}}";

    private static readonly ApiResource _widgets = new("example.io", "v1", "Widget", "widgets", Namespaced: true);

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_sync_makes_both_true_and_the_next_one_has_nothing_to_do()
    {
        await using var bed = await StartAsync();

        var outcomes = await bed.SyncAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal("c1,c2", await bed.WhereAsync(_widgets, "gear"));
        bed.Clear();
        Assert.All(await bed.SyncAsync(), outcome => Assert.Equal(PlanAction.None, outcome.Action));
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Its_plan_says_so_before()
    {
        await using var bed = await StartAsync();

        var plan = await bed.SyncAsync(new SyncRequest { DryRun = true });

        Assert.All(plan, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal(4, plan.Count(outcome => outcome.Action == PlanAction.Create));
        Assert.Equal(2, plan.Count(outcome => outcome.Type.Name == "widgets.example.io"));
        Assert.Empty(bed.Writes);
        Assert.Empty(bed.Errors);
    }

    [Fact] // What a cluster without the definition lacks is still told
    public async Task A_cluster_that_does_not_get_the_definition_fails_alone()
    {
        await using var bed = await StartAsync(definitionPlacement: "'placement':{'clusters':[{'name':'c1'}]}");

        foreach (var dryRun in (bool[])[true, false])
        {
            var outcomes = await bed.SyncAsync(new SyncRequest { DryRun = dryRun });
            var failed = Assert.Single(outcomes, outcome => !outcome.Succeeded);
            Assert.Equal(("c2", PropagationReason.TypeNotServed), (failed.Cluster, failed.Reason));
        }

        Assert.Equal("c1", await bed.WhereAsync(_widgets, "gear"));
    }

    [Fact]
    public async Task A_member_that_one_session_knew_without_the_type_is_examined_as_it_is_now()
    {
        await using var bed = await StartAsync();
        var before = await bed.Federation.ControlPlane.ExamineAsync(askMembers: true, bed, None);
        Assert.Equal(2, before.Count(finding => finding.Id == "TypeNotServed"));

        await bed.SyncAsync();

        Assert.DoesNotContain(await bed.Federation.ControlPlane.ExamineAsync(askMembers: true, bed, None), finding => finding.Id == "TypeNotServed");
    }

    [Fact]
    public async Task A_definition_that_goes_goes_after_what_it_defines()
    {
        await using var bed = await StartAsync();
        await bed.SyncAsync();
        bed.Clear();
        await bed.DeleteAsync("widgets.example.io", "gear");
        await bed.DeleteAsync("customresourcedefinitions.apiextensions.k8s.io", "widgets.example.io", @namespace: null!);

        var outcomes = await bed.SyncAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        foreach (var cluster in (string[])["c1", "c2"])
        {
            var deleted = bed.Writes.Where(write => write.StartsWith($"{cluster} DELETE", StringComparison.Ordinal)).ToList();
            Assert.Equal(2, deleted.Count);
            Assert.EndsWith("/widgets/gear", deleted[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_controller_makes_both_true()
    {
        await using var bed = await StartAsync(declare: false);
        await using var controller = await RunningController.StartAsync(bed);

        await DeclareAsync(bed, Everywhere);
        await controller.UntilAsync(async () => await bed.WhereAsync(_widgets, "gear") == "c1,c2", "both members to have the widget");
        await controller.QuietAsync();

        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("widgets.example.io", "gear"));
    }

    private static async Task<FederationBed> StartAsync(string definitionPlacement = Everywhere, bool declare = true)
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("widgets.example.io"));
        definition.Json["spec"] = Make.Json(Definition);
        await bed.Admin("host").CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, None);
        foreach (var type in (string[])["widgets.example.io", "customresourcedefinitions.apiextensions.k8s.io"])
        {
            await bed.Federation.Types.EnableAsync(new EnableRequest { Name = type }, bed, None);
        }

        // The session has seen the members as they were.
        await bed.SyncAsync();
        if (declare)
        {
            await DeclareAsync(bed, definitionPlacement);
        }

        bed.Clear();
        return bed;
    }

    private static async Task DeclareAsync(FederationBed bed, string definitionPlacement)
    {
        await bed.DeclareAsync("widgets.example.io", "gear", $"{{'template':{{'spec':{{'size':1}}}},{Everywhere}}}");
        await bed.DeclareAsync(
            "customresourcedefinitions.apiextensions.k8s.io",
            "widgets.example.io",
            $"{{'template':{{'spec':{Definition}}},{definitionPlacement}}}",
            @namespace: null!);
    }
}
