using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>A sync that lists out of the host's cache may come late to what is new, and does nothing that is out of date.</summary>
public class FromCacheTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    private static readonly SyncRequest FromCache = new() { FromCache = true };

    [Fact]
    public async Task With_nothing_to_do_it_lists_out_of_the_cache_and_reads_no_resource_singly()
    {
        await using var bed = await SettledAsync();

        var outcomes = await bed.SyncAsync(FromCache);

        Assert.Empty(bed.Writes);
        Assert.Equal(4, outcomes.Count(o => o is { Action: PlanAction.None, Succeeded: true }));
        var reads = bed.Wire("host").Requests.Where(r => r.Path.Contains("/federatedconfigmaps", StringComparison.Ordinal)).ToList();
        Assert.Contains("resourceVersion=0", Assert.Single(reads).Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_cache_does_not_show_yet_is_left_to_the_next_sync()
    {
        await using var bed = await FrozenAsync();
        await bed.DeclareAsync("configmaps", "new", Everywhere);

        await bed.SyncAsync(FromCache);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "new"));

        await bed.SyncAsync();
        Assert.Equal("c1,c2", await bed.WhereAsync(KnownResources.ConfigMaps, "new"));
    }

    [Fact]
    public async Task What_is_gone_is_not_propagated_again_because_the_cache_still_shows_it()
    {
        await using var bed = await FrozenAsync();
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        bed.Clear();

        await bed.SyncAsync(FromCache);

        Assert.Empty(bed.Writes);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Fact]
    public async Task A_copy_to_repair_becomes_what_is_declared_now_and_not_what_the_cache_shows()
    {
        await using var bed = await FrozenAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'x'}}");

        await bed.SyncAsync(FromCache);

        Assert.Equal("2", (await bed.MapAsync("c1"))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task What_is_declared_anew_under_the_same_name_is_not_taken_for_the_one_before()
    {
        await using var bed = await FrozenAsync();
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'9'}},'placement':{'clusters':[{'name':'c2'}]}}");

        await bed.SyncAsync(FromCache);
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));

        await bed.SyncAsync();
        Assert.Equal("c2", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    /// <summary>Web is everywhere as declared.</summary>
    private static async Task<FederationBed> SettledAsync()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        await bed.SyncAsync();
        bed.Clear();
        return bed;
    }

    /// <summary>As <see cref="SettledAsync"/>, and that is what the host's cache will show from now on.</summary>
    private static async Task<FederationBed> FrozenAsync()
    {
        var bed = await SettledAsync();
        bed.Faults("host").When(request => request.RequestUri!.Query.Contains("resourceVersion=0", StringComparison.Ordinal), Fault.FrozenCache());
        await bed.SyncAsync(FromCache);
        bed.Clear();
        return bed;
    }
}
