using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Servers;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests;

/// <summary>The client against a real API server: what in-process fakes can only claim.</summary>
[Collection(nameof(RealServers))]
public sealed class ClientTests(TwoClusters servers)
{
    private static readonly WriteOptions Owner = new() { FieldManager = "kubefed" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_are_created_read_replaced_patched_and_deleted()
    {
        using var client = await ClientAsync();
        var key = new ObjectKey("default", Unique("crud"));
        var created = await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(key, ("a", "1")), WriteOptions.Default, Token);

        Assert.NotEmpty(created.Uid);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(
            () => client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(key), WriteOptions.Default, Token))).IsAlreadyExists);
        var replaced = created.Clone();
        replaced.Section("data")["a"] = "2";
        replaced = await client.ReplaceAsync(KnownResources.ConfigMaps, replaced, WriteOptions.Default, Token);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(
            () => client.ReplaceAsync(KnownResources.ConfigMaps, created, WriteOptions.Default, Token))).IsConflict);
        await client.PatchAsync(KnownResources.ConfigMaps, key, KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { ["b"] = "3" } }),
            WriteOptions.Default, Token);
        await client.PatchAsync(
            KnownResources.ConfigMaps, key, KubePatch.JsonPatch([new JsonObject { ["op"] = "replace", ["path"] = "/data/a", ["value"] = "4" }]),
                WriteOptions.Default, Token);
        var patched = await client.PatchAsync(
            KnownResources.ConfigMaps, key, new KubePatch(PatchKind.Strategic, new JsonObject { ["data"] = new JsonObject { ["c"] = "5" } }),
                WriteOptions.Default, Token);
        Assert.Equal("""{"a":"4","b":"3","c":"5"}""", patched.Json["data"]!.ToJsonString());
        await client.DeleteAsync(KnownResources.ConfigMaps, key, new DeleteOptions { DryRun = true }, Token);
        Assert.NotNull(await client.FindAsync(KnownResources.ConfigMaps, key, Token));
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(
            () => client.DeleteAsync(KnownResources.ConfigMaps, key, new DeleteOptions { PreconditionUid = "other" }, Token))).IsConflict);
        await client.DeleteAsync(KnownResources.ConfigMaps, key, new DeleteOptions { PreconditionUid = created.Uid }, Token);
        Assert.Null(await client.FindAsync(KnownResources.ConfigMaps, key, Token));
    }

    [Fact]
    public async Task A_dry_run_returns_the_object_and_stores_nothing()
    {
        using var client = await ClientAsync();
        var key = new ObjectKey("default", Unique("dry"));

        var made = await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(key), new WriteOptions { DryRun = true }, Token);

        Assert.NotEmpty(made.Uid);
        Assert.Null(await client.FindAsync(KnownResources.ConfigMaps, key, Token));
    }

    [Fact]
    public async Task Apply_owns_fields_meets_conflicts_forces_and_removes_what_is_left_out()
    {
        using var client = await ClientAsync();
        var key = new ObjectKey("default", Unique("apply"));
        var applied = await client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap(key, ("a", "1"), ("b", "1")), Owner, Token);
        Assert.Contains("kubefed", applied.Metadata["managedFields"]!.ToJsonString(), StringComparison.Ordinal);

        var other = new WriteOptions { FieldManager = "someone" };
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(() =>
            client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap(key, ("a", "2")), other, Token))).IsConflict);
        await client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap(key, ("a", "2")), other with { Force = true }, Token);
        var reduced = await client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap(key), Owner, Token);

        Assert.Equal("""{"a":"2"}""", reduced.Json["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lists_come_in_pages_by_selector_with_or_without_the_rest_of_the_object(bool metadataOnly)
    {
        using var client = await ClientAsync();
        var mark = Unique("page");
        for (var i = 0; i < 7; i++)
        {
            var value = ConfigMap(new ObjectKey("default", $"{mark}-{i}"), ("a", "1")).SetLabel("mark", mark);
            await client.CreateAsync(KnownResources.ConfigMaps, value, WriteOptions.Default, Token);
        }

        var list = await client.ListAsync(
            KnownResources.ConfigMaps,
                new ListQuery { Namespace = "default", LabelSelector = $"mark in ({mark})", PageSize = 3, MetadataOnly = metadataOnly }, Token);

        Assert.Equal(7, list.Items.Count);
        Assert.NotEmpty(list.ResourceVersion);
        Assert.All(list.Items, item => Assert.Equal(("v1", "ConfigMap", !metadataOnly), (item.ApiVersion, item.Kind, item.Json.ContainsKey("data"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_tells_every_change_in_order(bool metadataOnly)
    {
        using var client = await ClientAsync();
        var mark = Unique("watch");
        var query = new ListQuery { Namespace = "default", LabelSelector = $"mark={mark}", MetadataOnly = metadataOnly };
        var start = await client.ListAsync(KnownResources.ConfigMaps, query, Token);
        var key = new ObjectKey("default", mark);
        var seen = new List<string>();
        var watching = Task.Run(async () =>
        {
            await foreach (var change in client.WatchAsync(KnownResources.ConfigMaps, query, start.ResourceVersion, Token))
            {
                seen.Add(change.Type.ToString());
                if (change.Type == WatchEventType.Deleted)
                {
                    return;
                }
            }
        });

        await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(key).SetLabel("mark", mark), WriteOptions.Default, Token);
        await client.PatchAsync(KnownResources.ConfigMaps, key, KubePatch.Merge(new JsonObject { ["data"] = new JsonObject { ["x"] = "y" } }),
            WriteOptions.Default, Token);
        await client.DeleteAsync(KnownResources.ConfigMaps, key, DeleteOptions.Default, Token);
        await watching;

        Assert.Equal(["Added", "Modified", "Deleted"], seen.Where(type => type != "Bookmark"));
    }

    [Fact]
    public async Task A_watch_survives_a_restart_of_the_server()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[1].ToConnectionSettings());
        var mark = Unique("restart");
        var query = new ListQuery { Namespace = "default", LabelSelector = $"mark={mark}" };
        var start = await client.ListAsync(KnownResources.ConfigMaps, query, Token);
        var names = new List<string>();
        var first = new TaskCompletionSource();
        var watching = Task.Run(async () =>
        {
            var version = start.ResourceVersion;
            while (names.Count < 2)
            {
                try
                {
                    await foreach (var change in client.WatchAsync(KnownResources.ConfigMaps, query, version, Token))
                    {
                        if (change.Type == WatchEventType.Added)
                        {
                            names.Add(change.Object.Name);
                            first.TrySetResult();
                        }

                        if (names.Count == 2)
                        {
                            return;
                        }
                    }
                }
                catch (KubeApiException expired) when (expired.IsExpired)
                {
                    // A restarted server may remember nothing from before it started: whoever watches lists again, as the contract says.
                    var now = await client.ListAsync(KnownResources.ConfigMaps, query, Token);
                    names.AddRange(now.Items.Select(item => item.Name).Except(names));
                    version = now.ResourceVersion;
                }
            }
        });

        await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(new("default", $"{mark}-1")).SetLabel("mark", mark), WriteOptions.Default, Token);
        await first.Task;
        await clusters.StopServerAsync(1);
        await clusters.StartServerAsync(1, Token);
        await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap(new("default", $"{mark}-2")).SetLabel("mark", mark), WriteOptions.Default, Token);
        await watching;

        Assert.Equal([$"{mark}-1", $"{mark}-2"], names);
    }

    [Fact]
    public async Task Discovery_finds_types_by_all_their_names()
    {
        using var client = await ClientAsync();

        var all = await client.Discovery.GetAllAsync(Token);

        Assert.Empty(all.Failures);
        Assert.Equal("deployments.apps", (await client.Discovery.ResolveAsync("deploy", null, Token)).QualifiedName);
        Assert.Equal("configmaps", (await client.Discovery.ResolveAsync("ConfigMap", null, Token)).QualifiedName);
        Assert.Equal("events", (await client.Discovery.ResolveAsync("events", null, Token)).QualifiedName);
        Assert.Equal("events.events.k8s.io", (await client.Discovery.ResolveAsync("events.events.k8s.io", null, Token)).QualifiedName);
        Assert.Equal("v1", (await client.Discovery.ResolveAsync("ingresses.networking.k8s.io", null, Token)).Version);
        Assert.Contains("scale", (await client.Discovery.ResolveAsync("deployments.apps", null, Token)).Subresources);
        Assert.Contains("deployments.apps",
            (await Assert.ThrowsAsync<ApiLookupException>(() => client.Discovery.ResolveAsync("deploymnts.apps", null, Token))).Candidates);
    }

    [Fact]
    public async Task A_type_defined_a_moment_ago_is_found_without_a_restart()
    {
        using var client = await ClientAsync();
        await client.Discovery.GetAllAsync(Token);
        var group = $"{Unique("g")}.example.com";
        var crd = KubeObject.Parse(
            $$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.{{group}}"},
             "spec":{"group":"{{group}}","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget","shortNames":["wd"]},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }
            """);
        await client.CreateAsync(KnownResources.CustomResourceDefinitions, crd, WriteOptions.Default, Token);

        ApiResource? found = null;
        while (found is null)
        {
            found = await client.Discovery.FindAsync(new GroupVersionKind(group, "v1", "Widget"), Token);
        }

        Assert.Equal($"widgets.{group}", found.QualifiedName);
        Assert.Equal(found, await client.Discovery.ResolveAsync($"widgets.{group}", "v1", Token));
        await client.DeleteAsync(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped($"widgets.{group}"), DeleteOptions.Default, Token);
    }

    [Fact]
    public async Task A_requested_token_authenticates_its_service_account_and_no_more()
    {
        var clusters = await servers.GetAsync(Token);
        using var admin = await ClientAsync();
        var key = new ObjectKey("default", Unique("sa"));
        await admin.CreateAsync(KnownResources.ServiceAccounts, KubeObject.Create(KnownResources.ServiceAccounts, key), WriteOptions.Default, Token);
        var request = KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600} }""");
        var answer = await admin.PostSubresourceAsync(KnownResources.ServiceAccounts, key, "token", request, Token);
        using var client = new KubeClientFactory().Create(
            clusters[0].ToConnectionSettings() with { Credentials = new TokenCredentials((string)answer.Status!["token"]!) });

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.ListAsync(KnownResources.Secrets, new ListQuery(), Token));

        Assert.True(error.IsForbidden);
        Assert.Contains($"system:serviceaccount:default:{key.Name}", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public async Task Impersonation_acts_as_the_other_user()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[0].ToConnectionSettings() with
        {
            Impersonation = new Impersonation("jane") { Groups = ["a", "system:authenticated"], Extra = new Dictionary<string,
                IReadOnlyList<string>> { ["ex.io/a b"] = ["x", "y"] } },
        });

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.ListAsync(KnownResources.Secrets, new ListQuery(), Token));

        Assert.Contains("User \"jane\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_authority_is_refused_and_the_reason_given()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[0].ToConnectionSettings() with { CertificateAuthority = clusters[1].CertificateAuthority });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(Token));

        Assert.Equal(ConnectionFailure.Tls, error.Failure);
        Assert.Contains("not signed by the configured certificate authority", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_name_is_checked_and_can_be_set()
    {
        var clusters = await servers.GetAsync(Token);
        using var named = new KubeClientFactory().Create(clusters[0].ToConnectionSettings() with { TlsServerName = "kubernetes" });
        using var wrong = new KubeClientFactory().Create(clusters[0].ToConnectionSettings() with { TlsServerName = "other.example" });
        using var unchecked1 = new KubeClientFactory().Create(
            clusters[0].ToConnectionSettings() with { TlsServerName = "other.example", TlsChecksDisabled = TlsChecksDisabled.SubjectName });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => wrong.GetVersionAsync(Token));
        await unchecked1.GetVersionAsync(Token);

        Assert.Contains("is not for 'other.example'", error.Message, StringComparison.Ordinal);
        try
        {
            await named.GetVersionAsync(Token);
        }
        catch (KubeConnectionException unnamed)
        {
            // A certificate may name addresses only; then the message must say which.
            Assert.Contains("127.0.0.1", unnamed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_expired_client_certificate_is_unauthorized()
    {
        var clusters = await servers.GetAsync(Token);
        var expired = clusters.IssueClientCertificate(0, "late", ["system:masters"], TimeSpan.FromDays(-1));
        using var client = new KubeClientFactory().Create(
            clusters[0].ToConnectionSettings() with { Credentials = new CertificateCredentials { Certificate = expired.Certificate, Key = expired.Key } });

        var error = await Assert.ThrowsAnyAsync<KubeException>(() => client.ListAsync(KnownResources.Secrets, new ListQuery(), Token));

        Assert.True(error is KubeApiException { IsUnauthorized: true } or KubeConnectionException { Failure: ConnectionFailure.Tls }, error.ToString());
    }

    [Fact]
    public async Task The_kubeconfig_of_the_clusters_connects()
    {
        var clusters = await servers.GetAsync(Token);
        var config = new KubeConfigLoader(_ => null).Load(clusters.KubeconfigPath);

        foreach (var context in config.Contexts)
        {
            using var client = new KubeClientFactory().Create(config.For(context.Name));
            Assert.Equal(clusters.ServerVersion.Minor, (await client.GetVersionAsync(Token)).Minor);
            Assert.Equal("ok", await client.GetTextAsync(RequestPath.Parse("/readyz"), Token));
        }
    }

    [Fact]
    public async Task A_stopped_server_is_reported_as_unreachable_with_its_address()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[1].ToConnectionSettings());
        await client.GetVersionAsync(Token);
        await clusters.StopServerAsync(1);
        try
        {
            var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(Token));
            Assert.Contains($"127.0.0.1:{clusters[1].Server.Port}", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await clusters.StartServerAsync(1, Token);
        }

        await client.GetVersionAsync(Token);
    }

    [Fact]
    public async Task A_paused_server_runs_into_the_deadline_and_recovers()
    {
        var clusters = await servers.GetAsync(Token);
        using var client = new KubeClientFactory().Create(clusters[1].ToConnectionSettings() with { Timeout = TimeSpan.FromSeconds(2) });
        await client.GetVersionAsync(Token);
        clusters.PauseServer(1);
        try
        {
            Assert.Equal(ConnectionFailure.TimedOut, (await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(Token))).Failure);
        }
        finally
        {
            clusters.ResumeServer(1);
        }

        await client.GetVersionAsync(Token);
    }

    private async Task<IKubeClient> ClientAsync()
    {
        var clusters = await servers.GetAsync(Token);
        return new KubeClientFactory().Create(clusters[0].ToConnectionSettings());
    }

    private static string Unique(string stem) => $"{stem}-{Guid.NewGuid().ToString("n")[..8]}";

    private static KubeObject ConfigMap(ObjectKey key, params (string Key, string Value)[] data)
    {
        var value = KubeObject.Create(KnownResources.ConfigMaps, key);
        foreach (var (name, text) in data)
        {
            value.Section("data")[name] = text;
        }

        return value;
    }
}
