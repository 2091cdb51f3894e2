using System.Net;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>A run works on the host's resources page by page, while the host makes the next page.</summary>
public class HostListTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";
    private const int More = HostSnapshot.PageSize + 50;

    [Fact]
    public async Task The_first_page_is_propagated_before_the_second_is_there()
    {
        await using var bed = await DeclaredAsync();
        bed.Faults("host").When(IsSecondPage, Fault.Hang);
        using var stop = new CancellationTokenSource();

        var run = bed.SyncAsync(cancellationToken: stop.Token);

        while ((await bed.Admin("c1").ListAsync(KnownResources.ConfigMaps, new() { Namespace = "ns1" }, default)).Items.Count < HostSnapshot.PageSize)
        {
            Assert.False(run.IsCompleted);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Null(await bed.MapAsync("c1", Name(HostSnapshot.PageSize)));
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_told_and_what_lies_beyond_counts_as_unknown_S41()
    {
        await using var bed = await DeclaredAsync();
        await bed.SyncAsync();
        await bed.EditAsync("c1", KnownResources.ConfigMaps, Name(0), "{'data':{'a':'x'}}");
        bed.Faults("host").When(IsSecondPage, Fault.Refuse(HttpStatusCode.InternalServerError, "InternalError"));

        await bed.SyncAsync();

        var error = Assert.Single(bed.Errors);
        Assert.Equal(("FederatedListFailed", "configmaps"), (error.Id, error.Target));
        Assert.Contains($"no more than the first {HostSnapshot.PageSize} of type configmaps", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", (await bed.MapAsync("c1", Name(0)))!.Json["data"]!["a"]!.GetValue<string>());
        Assert.Equal("true", (await bed.MapAsync("c1", Name(More - 1)))!.Label("kubefed.io/managed"));
    }

    [Fact]
    public async Task A_list_that_expires_half_way_is_read_again_and_no_resource_is_lost_or_done_twice()
    {
        await using var bed = await DeclaredAsync();
        bed.Faults("host").When(IsSecondPage, Fault.Refuse(HttpStatusCode.Gone, "Expired"), times: 1);

        var outcomes = await bed.SyncAsync();

        Assert.Empty(bed.Errors);
        Assert.Equal(Enumerable.Range(0, More).Select(Name), outcomes.Where(o => o.Type.Name == "configmaps").Select(o => o.Resource.Name).Order(StringComparer.Ordinal));
        Assert.Equal(More + 1, bed.Progressed.Max(progress => progress.Total));
    }

    private static string Name(int number) => $"cm-{number:000}";

    private static bool IsSecondPage(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.EndsWith("/federatedconfigmaps", StringComparison.Ordinal) && request.RequestUri.Query.Contains("continue=", StringComparison.Ordinal);

    private static async Task<FederationBed> DeclaredAsync()
    {
        var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "configmaps"]);
        await bed.FederateNamespaceAsync("ns1");
        for (var i = 0; i < More; i++)
        {
            await bed.DeclareAsync("configmaps", Name(i), Everywhere);
        }

        return bed;
    }
}
