using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Tests;

/// <summary>What only a sandbox has: switches, counters, a history that can be forgotten.</summary>
public sealed class ServerTests
{
    private static readonly ListQuery InDefault = new() { Namespace = "default", FieldSelector = "metadata.name!=kube-root-ca.crt" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static KubeObject ConfigMap(string name) => KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", name));

    [Fact]
    public async Task An_offline_cluster_is_unreachable_and_comes_back_with_its_objects()
    {
        await using var fixture = new SandboxFixture();
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        fixture.Cluster.Offline = true;
        var error = await Assert.ThrowsAsync<KubeConnectionException>(
            () => fixture.Client.DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("default", "m"), DeleteOptions.Default, Cancel));
        Assert.Equal(ConnectionFailure.Unreachable, error.Failure);
        fixture.Cluster.Offline = false;
        Assert.NotNull(await fixture.Client.FindAsync(KnownResources.ConfigMaps, new ObjectKey("default", "m"), Cancel));
    }

    [Fact]
    public async Task Reads_and_writes_are_counted_and_dry_runs_are_no_writes()
    {
        await using var fixture = new SandboxFixture();
        fixture.Cluster.ResetCounters();
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("n"), new WriteOptions { DryRun = true }, Cancel);
        await fixture.Client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("default", "m"), Cancel);
        Assert.Equal((1, 1), (fixture.Cluster.Reads, fixture.Cluster.Writes));
    }

    [Fact]
    public async Task A_watch_from_before_the_history_is_gone()
    {
        await using var fixture = new SandboxFixture();
        var list = await fixture.Client.ListAsync(KnownResources.ConfigMaps, InDefault, Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        fixture.Cluster.CompactHistory();
        var error = await Assert.ThrowsAsync<KubeApiException>(async () =>
        {
            await foreach (var _ in fixture.Client.WatchAsync(KnownResources.ConfigMaps, InDefault, list.ResourceVersion, Cancel))
            {
            }
        });
        Assert.True(error.IsExpired);
        Assert.StartsWith("too old resource version: ", error.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_window_bounds_how_far_back_a_watch_can_begin()
    {
        await using var fixture = new SandboxFixture(new SandboxOptions { Clusters = ["host"], HistoryWindow = 10 });
        var list = await fixture.Client.ListAsync(KnownResources.ConfigMaps, InDefault, Cancel);
        for (var i = 0; i < 11; i++)
        {
            await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap($"m{i}"), WriteOptions.Default, Cancel);
        }

        await Assert.ThrowsAsync<KubeApiException>(async () =>
        {
            await foreach (var _ in fixture.Client.WatchAsync(KnownResources.ConfigMaps, InDefault, list.ResourceVersion, Cancel))
            {
            }
        });
    }

    [Fact]
    public async Task Pages_stay_consistent_while_objects_come_and_go_and_expire_with_the_history()
    {
        await using var fixture = new SandboxFixture();
        for (var i = 0; i < 5; i++)
        {
            await fixture.Client.CreateAsync(KnownResources.Leases, KubeObject.Create(KnownResources.Leases, new ObjectKey("default", $"l{i}")), WriteOptions.Default, Cancel);
        }

        using var http = fixture.Http();
        var first = await Get(http, "/apis/coordination.k8s.io/v1/leases?limit=2");
        await fixture.Client.DeleteAsync(KnownResources.Leases, new ObjectKey("default", "l3"), DeleteOptions.Default, Cancel);
        var rest = await Get(http, $"/apis/coordination.k8s.io/v1/leases?limit=9&continue={first["metadata"]!["continue"]}");
        Assert.Equal(["l2", "l3", "l4"], rest["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)rest["metadata"]!["resourceVersion"]);

        fixture.Cluster.CompactHistory();
        var expired = await Get(http, $"/apis/coordination.k8s.io/v1/leases?limit=9&continue={first["metadata"]!["continue"]}");
        Assert.Equal("Expired", (string?)expired["reason"]);
        var later = await Get(http, $"/apis/coordination.k8s.io/v1/leases?limit=9&continue={expired["metadata"]!["continue"]}");
        Assert.Equal(["l2", "l4"], later["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
    }

    [Fact]
    public async Task A_closed_watch_is_resumed_without_losing_events()
    {
        await using var fixture = new SandboxFixture();
        var list = await fixture.Client.ListAsync(KnownResources.ConfigMaps, InDefault, Cancel);
        await using var events = fixture.Client.WatchAsync(KnownResources.ConfigMaps, InDefault, list.ResourceVersion, Cancel).GetAsyncEnumerator(Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("one"), WriteOptions.Default, Cancel);
        Assert.True(await events.MoveNextAsync());
        fixture.Cluster.CloseWatches();
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("two"), WriteOptions.Default, Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("two", events.Current.Object.Name);
    }

    [Fact]
    public async Task Before_1_24_every_service_account_gets_a_token_secret_by_itself()
    {
        await using var fixture = new SandboxFixture(new SandboxOptions { Clusters = ["host"], Version = "v1.23.0-sandbox" });
        var account = KubeObject.Create(KnownResources.ServiceAccounts, new ObjectKey("default", "robot"));
        await fixture.Client.CreateAsync(KnownResources.ServiceAccounts, account, WriteOptions.Default, Cancel);
        var live = await fixture.Client.GetAsync(KnownResources.ServiceAccounts, account.Key, Cancel);
        var name = (string)Assert.Single(live.Json["secrets"]!.AsArray())!["name"]!;
        Assert.StartsWith("robot-token-", name, StringComparison.Ordinal);
        var secret = await fixture.Client.GetAsync(KnownResources.Secrets, new ObjectKey("default", name), Cancel);
        Assert.Equal(["ca.crt", "namespace", "token"], secret.Json["data"]!.AsObject().Select(entry => entry.Key).Order());

        await fixture.Client.DeleteAsync(KnownResources.ServiceAccounts, account.Key, DeleteOptions.Default, Cancel);
        Assert.Null(await fixture.Client.FindAsync(KnownResources.Secrets, new ObjectKey("default", name), Cancel));
    }

    [Fact]
    public async Task A_deleted_accounts_token_no_longer_authenticates()
    {
        await using var fixture = new SandboxFixture();
        var account = KubeObject.Create(KnownResources.ServiceAccounts, new ObjectKey("default", "robot"));
        await fixture.Client.CreateAsync(KnownResources.ServiceAccounts, account, WriteOptions.Default, Cancel);
        var answer = await fixture.Client.PostSubresourceAsync(
            KnownResources.ServiceAccounts, account.Key, "token", KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}"""), Cancel);
        using var robot = fixture.ClientWith((string)answer.Status!["token"]!);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => robot.ListAsync(KnownResources.Secrets, new ListQuery(), Cancel))).IsForbidden);
        await fixture.Client.DeleteAsync(KnownResources.ServiceAccounts, account.Key, DeleteOptions.Default, Cancel);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => robot.ListAsync(KnownResources.Secrets, new ListQuery(), Cancel))).IsUnauthorized);
    }

    [Fact]
    public async Task A_token_bound_to_a_secret_goes_with_it()
    {
        await using var fixture = new SandboxFixture();
        var account = KubeObject.Create(KnownResources.ServiceAccounts, new ObjectKey("default", "robot"));
        await fixture.Client.CreateAsync(KnownResources.ServiceAccounts, account, WriteOptions.Default, Cancel);
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey("default", "session"));
        await fixture.Client.CreateAsync(KnownResources.Secrets, secret, WriteOptions.Default, Cancel);
        var wanted = KubeObject.Parse(
            """
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Secret","name":"session"}}}
            """);
        var answer = await fixture.Client.PostSubresourceAsync(KnownResources.ServiceAccounts, account.Key, "token", wanted, Cancel);
        using var robot = fixture.ClientWith((string)answer.Status!["token"]!);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => robot.ListAsync(KnownResources.Secrets, new ListQuery(), Cancel))).IsForbidden);
        await fixture.Client.DeleteAsync(KnownResources.Secrets, secret.Key, DeleteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.Secrets, secret, WriteOptions.Default, Cancel);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() => robot.ListAsync(KnownResources.Secrets, new ListQuery(), Cancel))).IsUnauthorized);
    }

    [Fact]
    public async Task A_list_of_a_past_version_has_what_was_changed_and_deleted_since()
    {
        await using var fixture = new SandboxFixture();
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("deleted"), WriteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("changed"), WriteOptions.Default, Cancel);
        var then = await fixture.Client.ListAsync(KnownResources.ConfigMaps, InDefault, Cancel);
        for (var i = 0; i < 2; i++)
        {
            var changed = await fixture.Client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("default", "changed"), Cancel);
            await fixture.Client.ReplaceAsync(KnownResources.ConfigMaps, changed.SetLabel("round", $"{i}"), WriteOptions.Default, Cancel);
        }

        await fixture.Client.DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("default", "deleted"), DeleteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("new"), WriteOptions.Default, Cancel);
        var path = "/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name!%3Dkube-root-ca.crt"
            + $"&resourceVersionMatch=Exact&resourceVersion={then.ResourceVersion}";
        var again = JsonNode.Parse(await fixture.Client.GetTextAsync(RequestPath.Parse(path), Cancel))!;
        Assert.Equal(then.ResourceVersion, (string?)again["metadata"]!["resourceVersion"]);
        Assert.Equal(
            then.Items.Select(item => (item.Name, item.ResourceVersion)),
            again["items"]!.AsArray().Select(item => ((string)item!["metadata"]!["name"]!, (string)item["metadata"]!["resourceVersion"]!)));
    }

    [Fact]
    public async Task A_new_cluster_has_what_every_cluster_has()
    {
        await using var fixture = new SandboxFixture();
        var namespaces = await fixture.Client.ListAsync(KnownResources.Namespaces, new ListQuery(), Cancel);
        Assert.Equal(["default", "kube-node-lease", "kube-public", "kube-system"], namespaces.Items.Select(item => item.Name));
        Assert.Equal(3, (await fixture.Client.ListAsync(KnownResources.Nodes, new ListQuery(), Cancel)).Items.Count);
        Assert.NotNull(await fixture.Client.FindAsync(KnownResources.Services, new ObjectKey("default", "kubernetes"), Cancel));
        Assert.NotNull(await fixture.Client.FindAsync(KnownResources.ServiceAccounts, new ObjectKey("default", "default"), Cancel));
        Assert.NotNull(await fixture.Client.FindAsync(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("cluster-admin"), Cancel));
        Assert.Equal(new KubeVersion(1, 31, "v1.31.0-sandbox"), await fixture.Client.GetVersionAsync(Cancel));
    }

    [Fact]
    public async Task Ten_thousand_objects_are_listed_by_metadata_without_parsing_them()
    {
        await using var fixture = new SandboxFixture(new SandboxOptions { Clusters = ["host"], SimulateWorkloads = false });
        for (var i = 0; i < 10_000; i++)
        {
            var map = ConfigMap($"m{i:D5}");
            map.Json["data"] = new JsonObject { ["k"] = "v" };
            fixture.Cluster.Seed(map);
        }

        var list = await fixture.Client.ListAsync(KnownResources.ConfigMaps, InDefault with { MetadataOnly = true, PageSize = 2_500 }, Cancel);
        Assert.Equal(10_000, list.Items.Count);
        Assert.DoesNotContain(list.Items, item => item.Json.ContainsKey("data"));
    }

    [Theory]
    [InlineData("Bad_Name")]
    [InlineData("")]
    public void A_cluster_name_that_is_no_host_name_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => Sandbox.Start(new SandboxOptions { Clusters = [name] }));

    [Fact]
    public void Two_clusters_of_one_name_are_refused() =>
        Assert.Throws<ArgumentException>(() => Sandbox.Start(new SandboxOptions { Clusters = ["a", "a"] }));

    [Fact]
    public async Task The_kubeconfig_names_every_cluster_and_only_its_owner_may_read_it()
    {
        await using var sandbox = Sandbox.Start(new SandboxOptions { Clusters = ["host", "one"] });
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await sandbox.WriteKubeconfigAsync(path, Cancel);
            var text = await File.ReadAllTextAsync(path, Cancel);
            Assert.Contains("server: http://one.sandbox.invalid", text, StringComparison.Ordinal);
            Assert.Contains(sandbox["one"].AdminToken, text, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<JsonNode> Get(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }
}
