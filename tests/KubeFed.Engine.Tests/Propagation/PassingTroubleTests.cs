using System.Net;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>A server, or its etcd, that is away for a moment costs a command time and nothing else; and the order in which a member is written to.</summary>
public class PassingTroubleTests
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    public static TheoryData<HttpStatusCode, string> Passing { get; } = new()
    {
        { HttpStatusCode.ServiceUnavailable, "the server is currently unable to handle the request" },
        { HttpStatusCode.TooManyRequests, "too many requests" },
        { HttpStatusCode.InternalServerError, "etcdserver: leader changed" },
        { HttpStatusCode.InternalServerError, "rpc error: code = Unavailable desc = transport is closing" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Installing_enabling_and_a_sync_ride_it_out(HttpStatusCode code, string message)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        foreach (var server in (string[])["host", "c1"])
        {
            bed.Faults(server).When(request => request.Method != HttpMethod.Delete, Fault.Refuse(code, string.Empty, message), times: 2);
        }

        await bed.Federation.ControlPlane.InstallAsync(new InstallRequest(), bed, None);
        bed.Faults("host").When(request => request.Method == HttpMethod.Post, Fault.Refuse(code, string.Empty, message), times: 1);
        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "serviceaccounts" }, bed, None);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}}}");
        bed.Faults("c1").When(request => request.Method == HttpMethod.Patch, Fault.Refuse(code, string.Empty, message), times: 2);
        var outcomes = await bed.SyncAsync();

        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.NotNull(await bed.MapAsync("c1"));
        Assert.Equal(3, bed.Faults("host").Injected);
        Assert.Equal(4, bed.Faults("c1").Injected);
    }

    [Fact] // The server did it, and its answer was lost on the way
    public async Task A_definition_that_was_made_while_the_answer_was_lost_counts_as_made()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        bed.Faults("host").When(request => request.Method == HttpMethod.Post, Fault.AnswerLost, times: 1);

        await bed.Federation.Types.EnableAsync(new EnableRequest { Name = "serviceaccounts" }, bed, None);

        Assert.Equal(1, bed.Faults("host").Injected);
        Assert.True((await bed.TypeAsync("serviceaccounts")).PropagationEnabled);
    }

    [Fact] // Who may not do everything may bind a role only once it is there
    public async Task Roles_are_written_before_their_bindings()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        const string Group = "rbac.authorization.k8s.io";
        foreach (var type in (string[])["rolebindings", "clusterrolebindings", "roles", "clusterroles"])
        {
            await bed.Federation.Types.EnableAsync(new EnableRequest { Name = $"{type}.{Group}" }, bed, None);
        }

        for (var i = 0; i < 5; i++)
        {
            await DeclareAsync("rolebindings", $"a{i}", $"'roleRef':{{'apiGroup':'{Group}','kind':'Role','name':'r{i}'}}", "ns1");
            await DeclareAsync("clusterrolebindings", $"a{i}", $"'roleRef':{{'apiGroup':'{Group}','kind':'ClusterRole','name':'r{i}'}}", null);
            await DeclareAsync("roles", $"r{i}", "'rules':[]", "ns1");
            await DeclareAsync("clusterroles", $"r{i}", "'rules':[]", null);
        }

        bed.Clear();
        Assert.All(await bed.SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.Message));

        var written = bed.Writes.Where(write => write.StartsWith("c1 PATCH", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, written.Count);
        Assert.All(written.Take(10), write => Assert.Contains("roles/", write, StringComparison.Ordinal));
        Assert.All(written.Skip(10), write => Assert.Contains("rolebindings/", write, StringComparison.Ordinal));

        Task<KubeObject> DeclareAsync(string type, string name, string template, string? @namespace) =>
            bed.DeclareAsync($"{type}.{Group}", name, $"{{'template':{{{template}}},'placement':{{'clusterSelector':{{}}}}}}", @namespace!);
    }
}
