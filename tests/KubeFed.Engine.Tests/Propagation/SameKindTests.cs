using KubeFed.Engine.Api;
using KubeFed.Engine.ControlPlane.Doctor;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Control;
using KubeFed.Engine.Tests.Scheduling;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// Two enabled types of one kind: Deployments of apps beside Deployments of example.com, whose federated type has a group of its own, as KubeFed's user guide
/// has it for such a case, or shares nothing but the kind.
/// </summary>
public class SameKindTests
{
    private const string Web =
        "{'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},"
        + "'spec':{'containers':[{'name':'c','image':'nginx'}]}}}},'placement':{'clusterSelector':{}}}";

    private const string Other = "{'template':{'spec':{'replicas':1}},'placement':{'clusterSelector':{}}}";

    private static readonly ObjectKey _web = new("ns1", "web");

    private static readonly ApiResource _theirs = new("example.com", "v1", "Deployment", "deployments", Namespaced: true);

    private static CancellationToken None => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kubefed.example.com")]
    [InlineData(null)]
    public async Task Each_is_synchronised_planned_compared_and_examined_as_if_the_other_were_not_there(string? group)
    {
        await using var bed = await StartAsync(group);
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.DeclareAsync("deployments.example.com", "web", Other);

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true });
        var outcomes = await bed.SyncAsync();

        Assert.Equal(4, planned.Count(outcome => outcome is { Action: PlanAction.Create, Succeeded: true }));
        Assert.Equal(4, outcomes.Count(outcome => outcome is { Action: PlanAction.Create, Succeeded: true }));
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.Deployments, "web"));
        Assert.Equal("c1,c2", await bed.WhereAsync(_theirs, "web"));
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        var preview = await bed.Federation.Sync.PreviewAsync(bed, None);
        foreach (var name in (string[])["deployments.apps", "deployments.example.com"])
        {
            var resource = new FederatedResource(await bed.TypeAsync(name), (await bed.FederatedAsync(name, "web"))!);
            Assert.Equal(2, await preview.CompareAsync(resource, null, None).CountAsync(None));
        }

        Assert.Empty(bed.Errors);
        var findings = await bed.Federation.ControlPlane.ExamineAsync(askMembers: true, bed, None);
        Assert.DoesNotContain(findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public async Task A_controller_keeps_both_true()
    {
        await using var bed = await StartAsync("kubefed.example.com");
        await using var controller = await RunningController.StartAsync(bed);

        await bed.DeclareAsync("deployments.example.com", "web", Other);
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await PreferAsync(bed, 6);
        await controller.QuietAsync();

        Assert.Equal("c1=3 c2=3", await ReplicasAsync(bed, KnownResources.Deployments));
        Assert.Equal("c1=1 c2=1", await ReplicasAsync(bed, _theirs));
    }

    [Fact] // A-80: KubeFed looked the kind up among deployments.apps and replicasets.apps
    public async Task A_preference_for_their_kind_is_about_the_one_of_apps_where_both_have_the_resource()
    {
        await using var bed = await StartAsync("kubefed.example.com");
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.DeclareAsync("deployments.example.com", "web", Other);
        await PreferAsync(bed, 6);

        await bed.SyncAsync();

        Assert.Equal("c1=3 c2=3", await ReplicasAsync(bed, KnownResources.Deployments));
        Assert.Equal("c1=1 c2=1", await ReplicasAsync(bed, _theirs));
    }

    [Fact]
    public async Task It_is_about_the_other_where_only_that_one_has_the_resource()
    {
        await using var bed = await StartAsync("kubefed.example.com");
        await bed.DeclareAsync("deployments.example.com", "web", Other);
        await PreferAsync(bed, 6);

        await bed.SyncAsync();

        Assert.Equal("c1=3 c2=3", await ReplicasAsync(bed, _theirs));
    }

    [Fact]
    public async Task A_run_limited_to_one_of_them_leaves_the_replicas_of_the_other_alone()
    {
        await using var bed = await StartAsync("kubefed.example.com");
        await bed.DeclareAsync("deployments.apps", "web", Web);
        await bed.DeclareAsync("deployments.example.com", "web", Other);
        await PreferAsync(bed, 6);

        await bed.SyncAsync(new SyncRequest { Types = ["deployments.example.com"] });

        Assert.Null((await bed.FederatedAsync("deployments.apps", "web"))!.Spec!["overrides"]);
    }

    [Fact]
    public async Task A_preference_that_two_types_outside_apps_answer_to_says_so_and_writes_nothing()
    {
        await using var bed = await StartAsync("kubefed.example.com");
        await DefineAsync(bed, "example.org");
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "deployments.example.org", FederatedGroup = "kubefed.example.org" }, bed, None);
        await bed.DeclareAsync("deployments.example.com", "web", Other);
        await bed.DeclareAsync("deployments.example.org", "web", Other);
        await PreferAsync(bed, 6);

        await bed.SyncAsync();

        var warning = Assert.Single(bed.Warnings);
        Assert.Contains("deployments.example.com and of deployments.example.org, and each has a resource ns1/web", warning, StringComparison.Ordinal);
        Assert.Equal("c1=1 c2=1", await ReplicasAsync(bed, _theirs));
    }

    private static async Task<FederationBed> StartAsync(string? group)
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await DefineAsync(bed, "example.com");
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "deployments.example.com", FederatedGroup = group }, bed, None);
        return bed;
    }

    private static async Task DefineAsync(FederationBed bed, string group)
    {
        foreach (var cluster in bed.Sandbox.Clusters)
        {
            var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped($"deployments.{group}"));
            definition.Json["spec"] = Make.Json(
                $"{{'group':'{group}','scope':'Namespaced','names':{{'plural':'deployments','kind':'Deployment'}},'versions':[{{'name':'v1','served':true,"
                + "'storage':true,'subresources':{'scale':{'specReplicasPath':'.spec.replicas','statusReplicasPath':'.status.replicas'}},"
                + "'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{'type':'object','properties':{'replicas':{'type':'integer'}}}}}}}]}");
            await bed.Admin(cluster.Name).CreateAsync(KnownResources.CustomResourceDefinitions, definition, WriteOptions.Default, None);
        }
    }

    private static Task<StoredPreference> PreferAsync(FederationBed bed, long total) => bed.Federation.Scheduling.Preferences.SetAsync(
        _web, new() { TargetKind = "FederatedDeployment", TotalReplicas = total }, dryRun: false, None);

    private static async Task<string> ReplicasAsync(FederationBed bed, ApiResource resource)
    {
        var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var cluster in bed.Sandbox.Members)
        {
            found[cluster.Name] = (await bed.CopyAsync(cluster.Name, resource, "web"))!.Spec!["replicas"]!.GetValue<long>();
        }

        return PlanNotation.Text(found);
    }
}
