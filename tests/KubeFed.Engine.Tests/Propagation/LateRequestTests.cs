using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What a write does that reaches a member after its resource was deleted, and what the next sync makes of it.</summary>
public class LateRequestTests
{
    private const string Everywhere = "'placement':{'clusterSelector':{}}";
    private const string Web = "{'template':{'data':{'a':'1'}}," + Everywhere + "}";

    private static readonly ObjectKey Deletions = new(KubeFedNames.DefaultSystemNamespace, KubeFedNames.DeletionsName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_creation_that_arrives_after_the_deletion_is_taken_back_by_the_next_sync(bool killed)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Web);
        await using var late = Late.Start(bed, request => IsApply(request, "c1", "web"), killed);
        await late.Request.Held.WaitAsync(Token);
        await EndAsync(bed, "configmaps", "web");

        Assert.Equal(201, await late.Request.DeliverAsync(Token));
        await late.Run;
        Assert.Equal("c1", await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true });
        var outcomes = await bed.SyncAsync();

        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
        Assert.All(
            new[] { planned.Single(o => o.Resource.Name == "web"), outcomes.Single(o => o.Resource.Name == "web") },
            outcome => Assert.True(outcome is { Cluster: "c1", Action: PlanAction.Delete, Succeeded: true }, outcome.Message));
        Assert.Contains("a delayed request made it again", outcomes.Single(o => o.Resource.Name == "web").Message, StringComparison.Ordinal);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_update_that_arrives_after_the_deletion_changes_nothing(bool killed)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        await using var late = Late.Start(bed, request => IsApply(request, "c1", "web"), killed);
        await late.Request.Held.WaitAsync(Token);
        await EndAsync(bed, "configmaps", "web");

        Assert.Equal(409, await late.Request.DeliverAsync(Token));
        await late.Run;
        await bed.SyncAsync();
        Assert.Equal(string.Empty, await bed.WhereAsync(KnownResources.ConfigMaps, "web"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_adoption_that_arrives_after_its_object_was_deleted_does_not_bring_it_back(bool killed)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await bed.DeclareAsync("configmaps", "web", Web);
        await using var late = Late.Start(bed, request => IsApply(request, "c1", "web") && NamesUid(request), killed);
        await late.Request.Held.WaitAsync(Token);
        await bed.Admin("c1").DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), DeleteOptions.Default, Token);
        await EndAsync(bed, "configmaps", "web");

        Assert.Equal(409, await late.Request.DeliverAsync(Token));
        await late.Run;
        await bed.SyncAsync();
        Assert.Null(await bed.MapAsync("c1"));
    }

    [Fact]
    public async Task An_object_that_was_there_before_is_never_deleted_for_an_adoption_that_came_late()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old','mine':'x'}}");
        await bed.DeclareAsync("configmaps", "web", Web);
        await using var late = Late.Start(bed, request => IsApply(request, "c1", "web") && NamesUid(request), killed: true);
        await late.Request.Held.WaitAsync(Token);
        await late.Run;
        await EndAsync(bed, "configmaps", "web");

        Assert.Equal(200, await late.Request.DeliverAsync(Token));
        await bed.SyncAsync();

        var left = (await bed.MapAsync("c1"))!;
        Assert.Null(left.Label(KubeFedNames.ManagedLabel));
        Assert.Equal("x", (string?)left.Json["data"]!["mine"]);
    }

    [Fact]
    public async Task A_copy_whose_resource_a_restored_host_does_not_know_is_released_and_stays()
    {
        await using var bed = await RestorableAsync();
        await bed.DeclareAsync("configmaps", "old", Web);
        await bed.SyncAsync();
        await EndAsync(bed, "configmaps", "old");
        var backup = bed.Sandbox.Host.Save();
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        bed.Sandbox.Host.Restore(backup);

        var outcome = Assert.Single(await bed.SyncAsync(), o => o.Resource.Name == "web");

        Assert.Equal(PlanAction.Unmanage, outcome.Action);
        var left = (await bed.MapAsync("c1"))!;
        Assert.Null(left.Label(KubeFedNames.ManagedLabel));
        Assert.Null(left.Annotation(KubeFedNames.FederatedUidAnnotation));
    }

    [Fact]
    public async Task An_orphan_that_changes_while_it_is_released_is_released_and_not_deleted()
    {
        await using var bed = await RestorableAsync();
        var backup = bed.Sandbox.Host.Save();
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        bed.Sandbox.Host.Restore(backup);
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch && request.RequestUri!.AbsolutePath.EndsWith("/configmaps/web", StringComparison.Ordinal))
                {
                    bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'annotations':{'theirs':'1'}}}").Wait();
                    bed.Faults("c1").Heal();
                }

                return false;
            },
            Fault.Unreachable);

        var outcome = Assert.Single(await bed.SyncAsync(), o => o.Resource.Name == "web");

        Assert.True(outcome is { Action: PlanAction.Unmanage, Succeeded: true, Written: true }, outcome.Message);
        Assert.Null((await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task A_cluster_that_joins_again_after_the_deletion_keeps_the_copies_it_brings()
    {
        await using var bed = await RestorableAsync();
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        var image = bed.Sandbox["c1"].Save();
        await EndAsync(bed, "configmaps", "web");
        var stored = await bed.Admin("host").GetAsync(KnownResources.ConfigMaps, Deletions, Token);
        var batch = Assert.Single(stored.Json["data"]!.AsObject());
        var then = JsonNode.Parse((string)batch.Value!)!.AsObject();
        foreach (var uid in then["deleted"]!.AsObject().Select(entry => entry.Key).ToList())
        {
            then["deleted"]![uid] = "2020-01-01T00:00:00Z";
        }

        await bed.Admin("host").PatchAsync(
            KnownResources.ConfigMaps, Deletions, KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { [batch.Key] = then.ToJsonString() } }),
            new WriteOptions { FieldManager = "user" }, Token);
        bed.Sandbox["c1"].Restore(image);

        await bed.SyncAsync();

        Assert.Null((await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task A_run_writes_down_all_that_it_deleted_at_once()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        var names = Enumerable.Range(1, 20).Select(i => $"web-{i}").ToList();
        foreach (var name in names)
        {
            await bed.DeclareAsync("configmaps", name, Web);
        }

        await bed.SyncAsync();
        Assert.Null(await bed.Admin("host").FindAsync(KnownResources.ConfigMaps, Deletions, Token));
        var uids = new List<string>();
        foreach (var name in names)
        {
            uids.Add((await bed.FederatedAsync("configmaps", name))!.Uid);
            await bed.DeleteAsync("configmaps", name);
        }

        bed.Clear();
        await bed.SyncAsync();

        Assert.Equal(21, bed.Wire("host").Writes.Count);
        Assert.Single(bed.Wire("host").Writes, write => write.Path.Contains("/api/v1/", StringComparison.Ordinal));
        var stored = await bed.Admin("host").GetAsync(KnownResources.ConfigMaps, Deletions, Token);
        Assert.All(uids, uid => Assert.Contains(uid, stored.Json["data"]!.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_who_may_not_write_it_down_deletes_all_the_same_and_is_told()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        await bed.DeleteAsync("configmaps", "web");
        bed.Faults("host").When(request => IsDeletions(request), Fault.Refuse(System.Net.HttpStatusCode.Forbidden));
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        Assert.Contains(bed.Warnings, warning => warning.Contains("could not be remembered on the host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_fails_to_write_it_down_keeps_the_resource_until_it_can()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        await bed.DeleteAsync("configmaps", "web");
        bed.Faults("host").When(request => IsDeletions(request), Fault.Refuse(System.Net.HttpStatusCode.InternalServerError));
        Assert.Contains(await bed.SyncAsync(), o => o is { Succeeded: false, Cluster: null, Resource.Name: "web" });
        Assert.NotNull(await bed.FederatedAsync("configmaps", "web"));
        bed.Faults("host").Heal();
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
    }

    [Fact]
    public async Task A_member_that_makes_anew_what_was_to_be_changed_has_that_undone()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Web);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'2'}}}}");
        var made = 0;
        var factory = new KubeClientFactory([bed.Sandbox.Transport], wrap: (inner, _) => new Altering(inner, async request =>
        {
            if (!IsApply(request, "c1", "web") || Interlocked.Increment(ref made) > 1)
            {
                return;
            }

            // In this moment the copy is deleted, and what is in front of the server drops uid and version.
            await bed.Admin("c1").DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), DeleteOptions.Default, Token);
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(Token))!;
            Assert.True(body["metadata"]!.AsObject().Remove("uid"));
            body["metadata"]!.AsObject().Remove("resourceVersion");
            var type = request.Content.Headers.ContentType;
            request.Content = new StringContent(body.ToJsonString());
            request.Content.Headers.ContentType = type;
        }));
        var before = bed.Sandbox["c1"].Writes;
        using var host = factory.Create(bed.Sandbox.Host.Settings);
        using var federation = Late.Open(host, factory);
        await foreach (var outcome in federation.Sync.RunAsync(new SyncRequest { Types = ["configmaps"] }, NullSink.Instance, Token))
        {
            Assert.True(outcome.Succeeded, outcome.Message);
        }

        // Made, deleted again, and then created as the plan has it: four writes with the deletion in between.
        Assert.Equal(4, bed.Sandbox["c1"].Writes - before);
        Assert.Equal("2", (string?)(await bed.MapAsync("c1"))!.Json["data"]!["a"]);
    }

    [Fact]
    public async Task A_copy_names_its_resource_and_a_template_can_not_say_otherwise()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        var declared = await bed.DeclareAsync("configmaps", "web",
            "{'template':{'metadata':{'annotations':{'kubefed.io/federation':'x/y','kubefed.io/federated-uid':'z'}},'data':{'a':'1'}}," + Everywhere + "}");
        await bed.SyncAsync();
        var copy = (await bed.MapAsync("c1"))!;
        Assert.Equal(declared.Uid, copy.Annotation(KubeFedNames.FederatedUidAnnotation));
        Assert.NotEqual("x/y", copy.Annotation(KubeFedNames.FederationAnnotation));
    }

    /// <summary>Clusters that can go back to what they were.</summary>
    private static async Task<FederationBed> RestorableAsync()
    {
        var bed = await FederationBed.StartAsync(members: 1, types: ["namespaces", "configmaps"], workloads: false);
        await bed.FederateNamespaceAsync("ns1");
        await bed.SyncAsync();
        bed.Clear();
        return bed;
    }

    private static bool IsDeletions(HttpRequestMessage request) =>
        request.Method != HttpMethod.Get
        && request.RequestUri!.AbsolutePath.Contains($"/namespaces/{Deletions.Namespace}/configmaps", StringComparison.Ordinal);

    private static bool IsApply(HttpRequestMessage request, string cluster, string name) =>
        request.Method == HttpMethod.Patch
        && request.RequestUri!.Host.StartsWith(cluster + ".", StringComparison.Ordinal)
        && request.RequestUri.AbsolutePath.EndsWith($"/configmaps/{name}", StringComparison.Ordinal);

    /// <summary>Whether it is an adoption, and not the guarded creation that finds out that something is there.</summary>
    private static bool NamesUid(HttpRequestMessage request) =>
        JsonNode.Parse(request.Content!.ReadAsStringAsync(Token).GetAwaiter().GetResult())!["metadata"]!["uid"] is not null;

    /// <summary>Deletes a resource, and lets another process see to it; a run that still works may take a second one.</summary>
    private static async Task EndAsync(FederationBed bed, string type, string name)
    {
        await bed.DeleteAsync(type, name);
        for (var attempt = 0; attempt < 5 && await bed.FederatedAsync(type, name) is not null; attempt++)
        {
            await bed.SyncAsync();
        }

        Assert.Null(await bed.FederatedAsync(type, name));
    }

    private sealed class Altering(HttpMessageHandler inner, Func<HttpRequestMessage, Task> alter) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await alter(request);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>A sync of another process, one request of which is held back.</summary>
internal sealed class Late : IAsyncDisposable
{
    private readonly IKubeClient _host;
    private readonly Federation _federation;

    private Late(FederationBed bed, HeldRequest request)
    {
        Request = request;
        var factory = new KubeClientFactory([bed.Sandbox.Transport], wrap: (inner, _) => request.Wrap(inner));
        _host = factory.Create(bed.Sandbox.Host.Settings);
        _federation = Open(_host, factory);
        Run = RunAsync();
    }

    public HeldRequest Request { get; }

    /// <summary>Ends with the sync; a killed one ends when everything has failed.</summary>
    public Task Run { get; }

    public static Late Start(FederationBed bed, Func<HttpRequestMessage, bool> matches, bool killed) => new(bed, new HeldRequest(matches, killed));

    public static Federation Open(IKubeClient host, IKubeClientFactory factory) =>
        new(new FederationOptions { Host = host, HostName = "host", Clients = factory, Loggers = NullLoggerFactory.Instance });

    public async ValueTask DisposeAsync()
    {
        await Run;
        _federation.Dispose();
        _host.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var _ in _federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, TestContext.Current.CancellationToken))
            {
            }
        }
        catch (KubeException) when (Request.IsHeld)
        {
            // Dead before the run had begun.
        }
    }
}
