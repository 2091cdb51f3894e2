using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// One resource of every fate on two members, and each single write of their sync held back until everything was deleted and the next run has finished. Its
/// sender is dead by then, or still waits. Whatever it is that arrives, one sync later no copy is left, and nothing is lost that is not ours.
/// </summary>
public class LateEverywhereTests
{
    private const string Everywhere = "'placement':{'clusterSelector':{}}";
    private const string Data = "'template':{'data':{'a':'1'}}";

    private static readonly string[] Federated = ["new", "changed", "shrunk", "grown", "drifted", "adopted", "deleted", "orphaned"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_write_that_arrives_after_everything_was_deleted_leaves_no_copy_behind(bool killed)
    {
        await using var bed = await PrepareAsync();
        var begin = Save(bed);
        var deliveries = new List<string>();
        for (var position = 1; ; position++)
        {
            Restore(bed, begin);
            var left = position;
            await using var late = Late.Start(bed, request => request.Method != HttpMethod.Get && Interlocked.Decrement(ref left) == 0, killed);
            await Task.WhenAny(late.Request.Held, late.Run);
            if (!late.Request.IsHeld)
            {
                Assert.InRange(position, 20, 60);
                break;
            }

            await DeleteEverythingAsync(bed);
            deliveries.Add($"{await late.Request.DeliverAsync(Token)} {late.Request.Name}");
            await late.Run;
            for (var run = 0; run < 3; run++)
            {
                await SyncAsync(bed);
            }

            await AssertNothingIsLeftAsync(bed, $"position {position}: {deliveries[^1]}");
        }

        // Each kind of request was among them: those that are refused, and creations, which nobody can refuse.
        Assert.Contains(deliveries, delivery => delivery.StartsWith("201 PATCH", StringComparison.Ordinal));
        Assert.Contains(deliveries, delivery => delivery.StartsWith("409 PATCH", StringComparison.Ordinal));
    }

    private static async Task<FederationBed> PrepareAsync()
    {
        var bed = await FederationBed.StartAsync(members: 2, types: ["namespaces", "configmaps", "services"], workloads: false);
        await bed.FederateNamespaceAsync("ns1");
        foreach (var name in (string[])["changed", "shrunk", "drifted", "deleted", "orphaned"])
        {
            await bed.DeclareAsync("configmaps", name, $"{{{Data},{Everywhere}}}");
        }

        await bed.DeclareAsync("configmaps", "grown", $"{{{Data},'placement':{{'clusters':[{{'name':'c1'}}]}}}}");
        await bed.SyncAsync();
        await bed.DeclareAsync("configmaps", "new", $"{{{Data},{Everywhere}}}");
        await bed.DeclareAsync("services", "new", $"{{'template':{{'spec':{{'ports':[{{'port':80}}]}}}},{Everywhere}}}");
        await bed.DeclareAsync("configmaps", "adopted", $"{{{Data},{Everywhere}}}");
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "adopted", "{'data':{'theirs':'1'}}");
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "bystander", "{'data':{'theirs':'1'}}");
        await bed.ChangeAsync("configmaps", "changed", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.ChangeAsync("configmaps", "shrunk", "{'spec':{'placement':{'clusters':[{'name':'c2'}]}}}");
        await bed.ChangeAsync("configmaps", "grown", "{'spec':{'placement':{'clusters':null,'clusterSelector':{}}}}");
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "drifted", "{'data':{'a':'drift'}}");
        await bed.DeleteAsync("configmaps", "deleted");
        await bed.DeleteAsync("configmaps", "orphaned", KubeFedNames.OrphanAnnotation);
        return bed;
    }

    private static async Task DeleteEverythingAsync(FederationBed bed)
    {
        foreach (var (type, name) in Federated.Select(name => ("configmaps", name)).Append(("services", "new")))
        {
            if (await bed.FederatedAsync(type, name) is { IsDeleting: false })
            {
                await bed.DeleteAsync(type, name);
            }
        }

        // A sender that lives goes on with its other writes meanwhile, so that one run may not be enough.
        for (var run = 0; run < 10 && await AnyAsync(bed); run++)
        {
            await SyncAsync(bed);
        }

        Assert.False(await AnyAsync(bed));
    }

    private static async Task<bool> AnyAsync(FederationBed bed)
    {
        foreach (var type in (string[])["configmaps", "services"])
        {
            if ((await bed.Admin("host").ListAsync((await bed.TypeAsync(type)).Federated, new ListQuery(), Token)).Items.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task AssertNothingIsLeftAsync(FederationBed bed, string when)
    {
        foreach (var cluster in (string[])["c1", "c2"])
        {
            foreach (var kind in (ApiResource[])[KnownResources.ConfigMaps, KnownResources.Services])
            {
                var items = (await bed.Admin(cluster).ListAsync(kind, new ListQuery { Namespace = "ns1" }, Token)).Items;
                Assert.All(items, item => Assert.True(
                    item.Label(KubeFedNames.ManagedLabel) is null && item.Annotation(KubeFedNames.FederationAnnotation) is null,
                    $"{when}: {kind.Kind} {item.Name} in {cluster} is still marked"));

                // What was orphaned stays; what was adopted is gone with its resource, unless it never was adopted, or too late.
                var left = items.Select(item => item.Name).Where(name => name is not ("bystander" or "orphaned" or "adopted" or "kube-root-ca.crt")).ToList();
                Assert.True(left.Count == 0, $"{when}: {string.Join(", ", left)} came back in {cluster}");
            }
        }

        Assert.NotNull(await bed.MapAsync("c1", "bystander"));
        Assert.NotNull(await bed.MapAsync("c1", "orphaned"));
        Assert.NotNull(await bed.MapAsync("c2", "orphaned"));
    }

    /// <summary>A new process with nothing remembered.</summary>
    private static async Task SyncAsync(FederationBed bed)
    {
        var factory = new KubeClientFactory([bed.Sandbox.Transport]);
        using var host = factory.Create(bed.Sandbox.Host.Settings);
        using var federation = Late.Open(host, factory);
        await foreach (var _ in federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, Token))
        {
        }
    }

    private static ClusterImage[] Save(FederationBed bed) => [.. bed.Sandbox.Clusters.Select(cluster => cluster.Save())];

    private static void Restore(FederationBed bed, ClusterImage[] state)
    {
        foreach (var (cluster, image) in bed.Sandbox.Clusters.Zip(state))
        {
            cluster.Restore(image);
        }
    }
}
