using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Clusters;

/// <summary>P-1, P-2, K-15: tokens that expire, and how they are renewed, on clusters in memory whose clock can be set.</summary>
public sealed class CredentialRenewalTests : IAsyncLifetime
{
    private const string System = KubeFedNames.DefaultSystemNamespace;

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly SettableTime _time = new();
    private readonly ConcurrentDictionary<string, CountingHandler> _wires = new();
    private readonly RecordingSink _sink = new();
    private readonly Sandbox.Sandbox _sandbox;
    private readonly Federation _federation;
    private readonly IKubeClient _admin;

    public CredentialRenewalTests()
    {
        _sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", "east"], TimeProvider = _time });
        var clients = new KubeClientFactory(
            [_sandbox.Transport], wrap: (inner, settings) => new Shared(_wires.GetOrAdd(settings.Server.Host, _ => new CountingHandler(inner))));
        _federation = new Federation(new FederationOptions { Host = clients.Create(_sandbox.Host.Settings), HostName = "host", Clients = clients, Time = _time });
        _admin = new KubeClientFactory([_sandbox.Transport]).Create(East);
    }

    private IEnumerable<RecordedRequest> Writes => _wires.Values.SelectMany(wire => wire.Writes);

    private ConnectionSettings East => _sandbox.Clusters[1].Settings;

    public async ValueTask InitializeAsync()
    {
        await _federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        await _federation.Types.EnableAsync(new EnableRequest { Name = "namespaces" }, NullSink.Instance, None);
        await _federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);
    }

    public async ValueTask DisposeAsync()
    {
        _federation.Dispose();
        _admin.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task P_1_A_join_can_ask_for_a_token_that_expires_and_leaves_no_long_lived_one()
    {
        await JoinAsync(Month);

        Assert.Equal(_time.GetUtcNow() + Month, TokenLife.Of(await TokenAsync())!.End);
        Assert.Null(await _admin.FindAsync(KnownResources.Secrets, new ObjectKey(System, "east-host"), None));
        Assert.True((await CheckAsync()).Ready);
    }

    [Fact]
    public async Task Joining_again_keeps_a_token_that_is_good_and_replaces_one_that_is_nearly_over_or_refused()
    {
        await JoinAsync(Month);
        var first = await TokenAsync();
        Clear();
        await JoinAsync(lifetime: null);
        Assert.Equal(first, await TokenAsync());
        Assert.DoesNotContain(Writes, write => !write.Path.Contains("review", StringComparison.Ordinal));

        _time.Advance(Month * 0.9);
        await JoinAsync(lifetime: null);
        var second = await TokenAsync();
        Assert.NotEqual(first, second);

        await _admin.DeleteAsync(KnownResources.ServiceAccounts, new ObjectKey(System, "east-host"), DeleteOptions.Default, None);
        await JoinAsync(lifetime: null);
        Assert.NotEqual(second, await TokenAsync());
        Assert.True((await CheckAsync()).Ready);
    }

    [Fact]
    public async Task Joining_again_can_change_from_a_long_lived_token_to_one_that_expires_and_back()
    {
        await JoinAsync(lifetime: null);
        var longLived = await TokenAsync();
        Assert.Null(TokenLife.Of(longLived));

        await JoinAsync(Month);
        Assert.False(await IsAcceptedAsync(longLived));
        Assert.Null(await _admin.FindAsync(KnownResources.Secrets, new ObjectKey(System, "east-host"), None));

        await JoinAsync(Timeout.InfiniteTimeSpan);
        Assert.Null(TokenLife.Of(await TokenAsync()));
        Assert.True((await CheckAsync()).Ready);
        await LeaveNothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P_2_A_sync_renews_a_token_in_the_last_fifth_of_its_life_and_not_before(bool leastPrivilege)
    {
        await JoinAsync(Month, leastPrivilege);
        var first = await TokenAsync();
        _time.Advance(Month * 0.79);
        await SyncAsync();
        Assert.Equal(first, await TokenAsync());

        _time.Advance(Month * 0.05);
        await SyncAsync(dryRun: true);
        Assert.Equal(first, await TokenAsync());

        await SyncAsync();
        Assert.Empty(_sink.Warnings);
        Assert.Equal(_time.GetUtcNow() + Month, TokenLife.Of(await TokenAsync())!.End);

        Clear();
        await SyncAsync();
        Assert.Empty(Writes);
        _time.Advance(Month * 0.5);
        Assert.True((await CheckAsync()).Ready);
    }

    [Fact]
    public async Task P_3_An_account_of_least_privilege_may_renew_its_own_token_and_nobody_elses()
    {
        await JoinAsync(Month, leastPrivilege: true);
        var member = await _federation.Members.ConnectAsync((await _federation.Clusters.FindAsync("east", None))!, None);

        Assert.NotEmpty(await MemberToken.RequestAsync(member, "east", new ObjectKey(System, "east-host"), Month, None));
        foreach (var other in new[] { new ObjectKey(System, "default"), new ObjectKey("kube-system", "default") })
        {
            var refused = await Assert.ThrowsAsync<KubeApiException>(() => MemberToken.RequestAsync(member, "east", other, Month, None));
            Assert.True(refused.IsForbidden);
        }
    }

    [Fact]
    public async Task P_3_In_scope_Namespaced_the_account_renews_its_token_too_and_writes_in_its_namespace_alone()
    {
        var scope = KubePatch.Merge(JsonNode.Parse("""{"spec":{"scope":"Namespaced"}}""")!.AsObject());
        await _federation.Host.PatchAsync(CoreResources.KubeFedConfigs, new ObjectKey(System, "kubefed"), scope, WriteOptions.Default, None);
        await JoinAsync(Month, leastPrivilege: true);
        var member = await _federation.Members.ConnectAsync((await _federation.Clusters.FindAsync("east", None))!, None);
        await member.CreateAsync(KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey(System, "ours")), WriteOptions.Default, None);
        var refused = await Assert.ThrowsAsync<KubeApiException>(() => member.CreateAsync(
            KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "theirs")), WriteOptions.Default, None));
        Assert.True(refused.IsForbidden);

        _time.Advance(Month * 0.9);
        await SyncAsync();

        Assert.Empty(_sink.Warnings);
        Assert.Equal(_time.GetUtcNow() + Month, TokenLife.Of(await TokenAsync())!.End);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_right_to_ask_for_tokens_goes_with_the_tokens_that_expire(bool byJoin)
    {
        await JoinAsync(Month, leastPrivilege: true);
        var role = new ObjectKey(System, MemberNames.For("east", "host", System).RenewalRole);
        Assert.NotNull(await _admin.FindAsync(KnownResources.Roles, role, None));

        if (byJoin)
        {
            await JoinAsync(Timeout.InfiniteTimeSpan, leastPrivilege: true);
        }
        else
        {
            await RenewAsync(member: East, lifetime: Timeout.InfiniteTimeSpan);
        }

        Assert.Null(await _admin.FindAsync(KnownResources.Roles, role, None));
        Assert.Null(await _admin.FindAsync(KnownResources.RoleBindings, role, None));
        Assert.Null(TokenLife.Of(await TokenAsync()));
        Assert.True((await CheckAsync()).Ready);
        await LeaveNothingAsync();
    }

    [Fact]
    public async Task A_sync_that_may_not_renew_says_so_and_goes_on()
    {
        await JoinAsync(Month, leastPrivilege: true);
        var names = MemberNames.For("east", "host", System);
        await _admin.DeleteAsync(KnownResources.Roles, new ObjectKey(System, names.RenewalRole), DeleteOptions.Default, None);
        _time.Advance(Month * 0.9);
        await FederateAsync();

        var outcomes = await SyncAsync();

        Assert.Contains(outcomes, outcome => outcome is { Cluster: "east", Action: PlanAction.Create, Written: true });
        Assert.Contains(_sink.Warnings, warning => warning.Contains("Set-KubeFedCluster east -RenewCredential with an administrator's context", StringComparison.Ordinal));

        await RenewAsync(member: East);
        _time.Advance(Month * 0.9);
        _sink.Warnings.Clear();
        await SyncAsync();
        Assert.Empty(_sink.Warnings);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_renewed_with_an_administrators_connection()
    {
        await JoinAsync(Month);
        _time.Advance(Month * 2);
        await FederateAsync();
        Assert.Contains(await SyncAsync(), outcome => outcome is { Cluster: "east", Reason: PropagationReason.CredentialsRejected });
        var refused = await Assert.ThrowsAsync<FederationException>(() => RenewAsync());
        Assert.Contains("could not be renewed and are as they were", refused.Message, StringComparison.Ordinal);
        Assert.Contains("administrator's context", refused.Remedy, StringComparison.Ordinal);

        await RenewAsync(member: East);

        Assert.Contains(await SyncAsync(), outcome => outcome is { Cluster: "east", Written: true });
    }

    [Fact]
    public async Task K_15_A_long_lived_token_is_rotated_and_the_old_one_is_good_no_more()
    {
        await JoinAsync(lifetime: null);
        for (var round = 0; round < 3; round++)
        {
            var old = await TokenAsync();
            Assert.True(await IsAcceptedAsync(old));

            await RenewAsync();

            Assert.False(await IsAcceptedAsync(old));
            Assert.True((await CheckAsync()).Ready);
        }

        Assert.Single((await _admin.ListAsync(KnownResources.Secrets, new ListQuery { Namespace = System }, None)).Items);
        await LeaveNothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_that_is_gone_is_told_at_once_instead_of_waiting_for_its_token(bool expires)
    {
        await JoinAsync(expires ? Month : null);
        await _admin.DeleteAsync(KnownResources.ServiceAccounts, new ObjectKey(System, "east-host"), DeleteOptions.Default, None);
        var error = await Assert.ThrowsAsync<FederationException>(() => RenewAsync(East));
        Assert.Equal("ServiceAccountNotFound", error.Id);
        Assert.Contains("Join-KubeFedCluster -Name east", error.Remedy);
    }

    [Fact]
    public async Task Renewing_can_change_a_long_lived_token_into_one_that_expires()
    {
        await JoinAsync(lifetime: null);
        var old = await TokenAsync();

        await RenewAsync(lifetime: Month);

        Assert.False(await IsAcceptedAsync(old));
        Assert.Equal(_time.GetUtcNow() + Month, TokenLife.Of(await TokenAsync())!.End);
        Assert.Equal(Month, JoinRecord.Of((await _federation.Clusters.FindAsync("east", None))!.Source)!.TokenLifetime);
        await LeaveNothingAsync();
    }

    [Fact]
    public async Task A_cluster_that_KubeFed_joined_has_its_token_renewed_by_the_account_it_names()
    {
        await JoinAsync(lifetime: null);
        var cluster = (await _federation.Clusters.FindAsync("east", None))!.Source;
        cluster.Annotations.Keys.ToList().ForEach(key => cluster.Metadata["annotations"]!.AsObject().Remove(key));
        await _federation.Host.ReplaceAsync(CoreResources.KubeFedClusters, cluster, WriteOptions.Default, None);
        var old = await TokenAsync();

        await RenewAsync();

        Assert.NotEqual(old, await TokenAsync());
        Assert.False(await IsAcceptedAsync(old));
        Assert.True((await CheckAsync()).Ready);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_writes_nothing()
    {
        await JoinAsync(lifetime: null);
        Clear();

        var planned = await _federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = "east", DryRun = true }, NullSink.Instance, None);

        Assert.Empty(Writes);
        Assert.Equal([ChangeKind.Create, ChangeKind.Update, ChangeKind.Delete], planned.Changes.Select(change => change.Kind));
    }

    [Fact]
    public async Task Credentials_that_were_registered_are_not_ours_to_renew()
    {
        await JoinAsync(Month);
        await _federation.Clusters.JoinAsync(
            new JoinRequest { Name = "twin", Member = East, CredentialSecret = (await _federation.Clusters.FindAsync("east", None))!.SecretName, AllowDuplicate = true },
            NullSink.Instance,
            None);

        var error = await Assert.ThrowsAsync<FederationException>(
            () => _federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = "twin" }, NullSink.Instance, None));

        Assert.Equal("CredentialNotOurs", error.Id);
    }

    [Theory]
    [InlineData("00:05:00")]
    [InlineData("00:00:00.0000030")] // what PowerShell makes of a bare 30
    public async Task A_lifetime_no_server_grants_is_refused_before_anything_is_written(string lifetime)
    {
        var asked = TimeSpan.Parse(lifetime, global::System.Globalization.CultureInfo.InvariantCulture);
        Clear();

        Assert.Equal("InvalidTokenLifetime", (await Assert.ThrowsAsync<FederationException>(() => JoinAsync(asked))).Id);
        Assert.Empty(Writes);
    }

    private void Clear()
    {
        foreach (var wire in _wires.Values)
        {
            wire.Clear();
        }
    }

    private Task<JoinResult> JoinAsync(TimeSpan? lifetime, bool leastPrivilege = false) => _federation.Clusters.JoinAsync(
        new JoinRequest { Name = "east", Member = East, TokenLifetime = lifetime, LeastPrivilege = leastPrivilege }, _sink, None);

    private Task<ClusterChange> RenewAsync(ConnectionSettings? member = null, TimeSpan? lifetime = null) =>
        _federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = "east", Member = member, TokenLifetime = lifetime }, _sink, None);

    private async Task<ClusterHealth> CheckAsync() =>
        await _federation.Clusters.CheckAsync((await _federation.Clusters.FindAsync("east", None))!, HealthPolicy.Default, record: false, None);

    private async Task<string> TokenAsync()
    {
        var cluster = (await _federation.Clusters.FindAsync("east", None))!;
        var secret = await _federation.Host.GetAsync(KnownResources.Secrets, new ObjectKey(System, cluster.SecretName), None);
        return Encoding.UTF8.GetString(Convert.FromBase64String(secret.Json["data"]!["token"]!.GetValue<string>()));
    }

    private async Task<bool> IsAcceptedAsync(string token)
    {
        using var client = new KubeClientFactory([_sandbox.Transport]).Create(East with { Credentials = new TokenCredentials(token) });
        try
        {
            await client.GetVersionAsync(None);
            return true;
        }
        catch (KubeApiException error) when (error.IsUnauthorized)
        {
            return false;
        }
    }

    private async Task FederateAsync()
    {
        var type = await _federation.Types.ResolveAsync("namespaces", None);
        await _federation.Host.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("shop")), WriteOptions.Default, None);
        var federated = KubeObject.Create(type.Federated, new ObjectKey("shop", "shop"));
        federated.Json["spec"] = JsonNode.Parse("""{"placement":{"clusterSelector":{}}}""");
        await _federation.Host.CreateAsync(type.Federated, federated, WriteOptions.Default, None);
    }

    private async Task<IReadOnlyList<SyncOutcome>> SyncAsync(bool dryRun = false)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in _federation.Sync.RunAsync(new SyncRequest { DryRun = dryRun }, _sink, None))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private async Task LeaveNothingAsync()
    {
        var result = await _federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east", Member = East }, NullSink.Instance, None);
        Assert.Empty(result.LeftBehind);
        Assert.Empty((await _admin.ListAsync(KnownResources.Secrets, new ListQuery { Namespace = System }, None)).Items);
    }

    /// <summary>Lets several clients share a wire: a client that is closed does not close it.</summary>
    private sealed class Shared(HttpMessageHandler inner) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner = new(inner, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _inner.SendAsync(request, cancellationToken);
    }
}
