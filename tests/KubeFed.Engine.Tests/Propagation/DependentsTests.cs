using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What depends on a copy goes with it, and keeps no namespace in a cluster.</summary>
public class DependentsTests
{
    private const string Everywhere = "'placement':{'clusterSelector':{}}";

    private static readonly ApiResource s_jobs = new("batch", "v1", "Job", "jobs", Namespaced: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Job_takes_its_Pods_along_and_its_namespace_can_leave_the_cluster()
    {
        await using var bed = await JobAsync();
        await bed.DeleteAsync("jobs.batch", "j");
        await bed.SyncAsync();
        await EventuallyAsync(async () => (await PodsAsync(bed)).Count == 0);

        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusters':[],'clusterSelector':null}}}");
        Assert.All(await bed.SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        await EventuallyAsync(async () => await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1") is null);
    }

    [Theory]
    [InlineData("placement")]
    [InlineData("disable")]
    [InlineData("leave")]
    [InlineData("force")]
    public async Task Whatever_removes_a_copy_says_how(string way)
    {
        await using var bed = await JobAsync();
        bed.Clear();
        switch (way)
        {
            case "placement":
                await bed.ChangeAsync("jobs.batch", "j", "{'spec':{'placement':{'clusters':[],'clusterSelector':null}}}");
                await bed.SyncAsync();
                break;
            case "disable":
                await bed.Federation.Types.DisableAsync(
                    new KubeFed.Engine.Types.DisableRequest { Name = "jobs.batch", Resources = KubeFed.Engine.Types.ResourcePolicy.Delete }, NullSink.Instance, Token);
                break;
            case "leave":
                await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c1", Policy = LeavePolicy.Delete }, NullSink.Instance, Token);
                break;
            default:
                await bed.DeleteAsync("jobs.batch", "j");
                await bed.SyncAsync(new SyncRequest { AbandonUnreachable = true });
                break;
        }

        var delete = Assert.Single(bed.Wire("c1").Writes, write => write.Method == "DELETE" && write.Path.EndsWith("/jobs/j", StringComparison.Ordinal));
        Assert.Contains("\"propagationPolicy\":\"Background\"", delete.Body, StringComparison.Ordinal);
        await EventuallyAsync(async () => (await PodsAsync(bed)).Count == 0);
    }

    [Fact]
    public async Task The_annotation_still_says_otherwise()
    {
        await using var bed = await JobAsync();
        await bed.DeleteAsync("jobs.batch", "j", KubeFed.Engine.Api.KubeFedNames.DeleteOptionsAnnotation, "{\"propagationPolicy\":\"Orphan\"}");
        await bed.SyncAsync();
        await EventuallyAsync(async () => await bed.CopyAsync("c1", s_jobs, "j") is null);
        Assert.NotEmpty(await PodsAsync(bed));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task What_copies_own_through_any_number_of_owners_does_not_keep_a_namespace(bool byCopies, bool goes)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", $"{{'template':{{'data':{{'a':'1'}}}},{Everywhere}}}");
        await bed.SyncAsync();
        var copy = (await bed.MapAsync("c1"))!;
        var child = await bed.PutAsync("c1", KnownResources.ConfigMaps, "child", Owned(copy));
        var grandchild = await bed.PutAsync("c1", KnownResources.ConfigMaps, "grandchild", Owned(child));
        Assert.NotNull(grandchild);
        if (!byCopies)
        {
            var own = await bed.PutAsync("c1", KnownResources.ConfigMaps, "own", "{'data':{'b':'1'}}");
            await bed.PutAsync("c1", KnownResources.ConfigMaps, "of-both", Owned(copy, own));
        }

        var foreign = await NamespaceContents.ListAsync(bed.Admin("c1"), "ns1", item => item.Name == "web", Token);
        Assert.Equal(goes ? [] : (string[])["ConfigMap of-both", "ConfigMap own"], foreign.Order(StringComparer.Ordinal));

        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusters':[],'clusterSelector':null}}}");
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Type.Name: "namespaces" });
        Assert.Equal(goes, outcome.Succeeded);
    }

    private static string Owned(params KubeObject[] owners) => "{'metadata':{'ownerReferences':["
        + string.Join(',', owners.Select(owner => $"{{'apiVersion':'v1','kind':'ConfigMap','name':'{owner.Name}','uid':'{owner.Uid}'}}")) + "]}}";

    /// <summary>A FederatedJob with its Pod running in the one member.</summary>
    private static async Task<FederationBed> JobAsync()
    {
        var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "jobs.batch"]);
        await bed.FederateNamespaceAsync("ns1");
        await bed.DeclareAsync("jobs.batch", "j",
            "{'template':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}," + Everywhere + "}");
        await bed.SyncAsync();
        var job = (await bed.CopyAsync("c1", s_jobs, "j"))!;
        if ((await PodsAsync(bed)).Count == 0)
        {
            await bed.PutAsync("c1", KnownResources.Pods, "j-1", "{'metadata':{'ownerReferences':[{'apiVersion':'batch/v1','kind':'Job','name':'j',"
                + $"'uid':'{job.Uid}','controller':true,'blockOwnerDeletion':true}}]}},'spec':{{'containers':[{{'name':'c','image':'i'}}]}}}}");
        }

        return bed;
    }

    private static async Task<IReadOnlyList<KubeObject>> PodsAsync(FederationBed bed) =>
        (await bed.Admin("c1").ListAsync(KnownResources.Pods, new ListQuery { Namespace = "ns1" }, Token)).Items;

    /// <summary>Waits for the controllers of the member.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200 && !await condition(); i++)
        {
            await Task.Delay(25, Token);
        }

        Assert.True(await condition());
    }
}
