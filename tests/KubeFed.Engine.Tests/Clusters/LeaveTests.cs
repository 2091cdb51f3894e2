using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class LeaveTests
{
    private const string System = KubeFedNames.DefaultSystemNamespace;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaving_removes_what_join_made_and_nothing_else()
    {
        using var fleet = await Joined();
        var member = fleet["east"];
        member.Put(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("theirs"));

        var result = await Leave(fleet);

        Assert.Empty(member.Names(KnownResources.ServiceAccounts));
        Assert.Empty(member.Names(KnownResources.Secrets));
        Assert.Equal(["theirs"], member.Names(KnownResources.ClusterRoles));
        Assert.Empty(member.Names(KnownResources.ClusterRoleBindings));
        Assert.Equal(["default", "kube-system"], member.Names(KnownResources.Namespaces));
        Assert.Empty(fleet.Host.Names(KnownResources.Secrets));
        Assert.Empty(fleet.Host.Names(CoreResources.KubeFedClusters));
        Assert.Empty(result.LeftBehind);
        Assert.Equal(7, result.Changes.Count(change => change.Kind == ChangeKind.Delete));
    }

    [Fact]
    public async Task A_dry_run_lists_the_same_and_deletes_nothing_K23()
    {
        using var fleet = await Joined();

        var dry = await Leave(fleet, request => request with { DryRun = true });

        Assert.Empty(fleet["east"].Writes);
        Assert.Empty(fleet.Host.Writes);
        var wet = await Leave(fleet);
        Assert.Equal(wet.Changes.Select(change => change.ToString()), dry.Changes.Select(change => change.ToString()));
    }

    [Fact]
    public async Task The_hosts_own_namespace_stays_when_the_host_leaves_itself_K16()
    {
        using var fleet = new FakeFleet().Installed();
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "hub", Member = fleet.Host.Settings }, NullSink.Instance, None);

        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "hub", Member = fleet.Host.Settings }, NullSink.Instance, None);

        Assert.NotNull(fleet.Host.Peek(KnownResources.Namespaces, System));
        Assert.NotNull(fleet.Host.Peek(CoreResources.KubeFedConfigs, "kubefed", System));
        Assert.Empty(fleet.Host.Names(KnownResources.ServiceAccounts));
        Assert.Empty(fleet.Host.Names(CoreResources.KubeFedClusters));
    }

    [Fact]
    public async Task A_namespace_join_did_not_make_stays_P14()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Add("east").Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(System));
        await Join(fleet);

        await Leave(fleet);

        Assert.NotNull(fleet["east"].Peek(KnownResources.Namespaces, System));
    }

    [Fact]
    public async Task A_namespace_that_came_to_hold_something_else_stays_and_is_named_K22()
    {
        using var fleet = await Joined();
        var member = fleet["east"];
        member.Served.AddRange([KnownResources.ConfigMaps, KnownResources.Secrets, KnownResources.ServiceAccounts]);
        member.Put(KnownResources.ConfigMaps, new ObjectKey(System, "kube-root-ca.crt"));
        member.Put(KnownResources.ConfigMaps, new ObjectKey(System, "important"));

        var result = await Leave(fleet);

        Assert.NotNull(member.Peek(KnownResources.Namespaces, System));
        Assert.Contains("1 objects that join did not make, such as ConfigMap important", Assert.Single(result.LeftBehind), StringComparison.Ordinal);
        Assert.Empty(member.Names(KnownResources.ServiceAccounts));
    }

    [Theory]
    [InlineData(LeavePolicy.Keep)]
    [InlineData(LeavePolicy.Orphan)]
    [InlineData(LeavePolicy.Delete)]
    public async Task The_caller_decides_what_becomes_of_the_copies_P14_K21(LeavePolicy policy)
    {
        using var fleet = await Joined();
        var member = fleet["east"];
        Copies(fleet, member);

        var dry = await Leave(fleet, request => request with { Policy = policy, DryRun = true });
        var result = await Leave(fleet, request => request with { Policy = policy });

        Assert.Equal(policy == LeavePolicy.Keep ? 0 : 3, dry.Changes.Count(change => change.Name is "team" or "team/a" or "shared"));
        var copy = member.Peek(KnownResources.ConfigMaps, "a", "team");
        Assert.Equal(policy == LeavePolicy.Delete, copy is null);
        Assert.Equal(policy == LeavePolicy.Keep ? "true" : null, copy?.Label("kubefed.io/managed"));

        // Never touched: an object without the label, and one that opted out.
        Assert.NotNull(member.Peek(KnownResources.ConfigMaps, "theirs", "shared"));
        Assert.Equal("false", member.Peek(KnownResources.ConfigMaps, "optout", "default")!.Label("kubefed.io/managed"));

        // A namespace with foreign objects is not deleted.
        Assert.Equal(policy == LeavePolicy.Delete, member.Peek(KnownResources.Namespaces, "team") is null);
        Assert.NotNull(member.Peek(KnownResources.Namespaces, "shared"));
        Assert.Equal(policy == LeavePolicy.Delete ? 1 : 0, result.LeftBehind.Count(text => text.StartsWith("Namespace shared", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Stored_credentials_leave_the_rest_to_the_garbage_collector()
    {
        using var fleet = await Joined();
        var member = fleet["east"];

        var result = await Leave(fleet, request => request with { Member = null });

        var role = "kubefed-controller-manager:east-hub";
        Assert.Null(member.Peek(KnownResources.ClusterRoles, role));
        foreach (var left in new[]
        {
            member.Peek(KnownResources.ClusterRoleBindings, role), member.Peek(KnownResources.ServiceAccounts, "east-hub", System),
            member.Peek(KnownResources.Secrets, "east-hub", System), member.Peek(KnownResources.Namespaces, System),
        })
        {
            Assert.Equal(role, left!.Json["metadata"]!["ownerReferences"]![0]!["name"]!.GetValue<string>());
        }

        // Everything that needs rights comes before the role goes.
        Assert.StartsWith("delete clusterroles", member.Writes.Last(), StringComparison.Ordinal);
        Assert.Equal(7, result.Changes.Count(change => change.Kind == ChangeKind.Delete));
        Assert.Empty(result.LeftBehind);
    }

    [Fact]
    public async Task A_member_that_is_gone_blocks_without_force_and_is_reported_with_it_K23()
    {
        using var fleet = await Joined();
        fleet["east"].Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var error = await Assert.ThrowsAsync<FederationException>(() => Leave(fleet));
        Assert.Equal("ClusterNotCleaned", error.Id);
        Assert.NotNull(fleet.Host.Peek(CoreResources.KubeFedClusters, "east", System));

        var result = await Leave(fleet, request => request with { Force = true, Policy = LeavePolicy.Delete });
        Assert.Equal(6, result.LeftBehind.Count);
        Assert.Contains("ClusterRole kubefed-controller-manager:east-hub in east", result.LeftBehind);
        Assert.Contains("propagated copies in east", result.LeftBehind);
        Assert.Empty(fleet.Host.Names(CoreResources.KubeFedClusters));
        Assert.Empty(fleet.Host.Names(KnownResources.Secrets));
    }

    [Fact]
    public async Task A_cluster_that_is_not_registered_is_an_error_unless_forced_P15()
    {
        using var fleet = new FakeFleet().Installed();

        Assert.Equal("ClusterNotFound", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east" }, NullSink.Instance, None))).Id);
        Assert.Empty((await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east", Force = true }, NullSink.Instance, None)).Changes);
    }

    [Fact]
    public async Task A_context_of_another_cluster_is_refused_even_with_force()
    {
        using var fleet = await Joined();
        var other = fleet.Add("other");

        var error = await Assert.ThrowsAsync<FederationException>(() => Leave(fleet, request => request with { Member = other.Settings, Force = true }));

        Assert.Equal("ClusterMismatch", error.Id);
        Assert.Empty(other.Writes);
        Assert.NotNull(fleet.Host.Peek(CoreResources.KubeFedClusters, "east", System));
    }

    [Theory]
    [InlineData("delete clusterrolebindings")]
    [InlineData("delete serviceaccounts")]
    [InlineData("delete namespaces")]
    [InlineData("delete kubefedclusters")]
    public async Task A_leave_that_breaks_off_is_finished_by_the_next(string step)
    {
        using var fleet = await Joined();
        var member = fleet["east"];
        fleet.Host.Fault = member.Fault = request => request.StartsWith(step, StringComparison.Ordinal) ? FakeCluster.Refuse("delete", 500, "InternalError", "boom") : null;
        await Assert.ThrowsAnyAsync<Exception>(() => Leave(fleet));
        fleet.Host.Fault = member.Fault = _ => null;

        await Leave(fleet);

        Assert.Empty(member.Names(KnownResources.ServiceAccounts));
        Assert.Empty(member.Names(KnownResources.ClusterRoleBindings));
        Assert.Equal(["default", "kube-system"], member.Names(KnownResources.Namespaces));
        Assert.Empty(fleet.Host.Names(CoreResources.KubeFedClusters));
    }

    [Fact]
    public async Task A_cluster_KubeFed_joined_under_another_host_name_is_left_by_the_account_its_token_names_whatever_its_scope_was_K20_K24()
    {
        using var fleet = new FakeFleet().Installed();
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"sub":"system:serviceaccount:{{System}}:east-oldname"}""")).TrimEnd('=');
        var member = fleet.Registered("east", token: $"e30.{claims}.sig");
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(System));
        member.Put(KnownResources.ServiceAccounts, FakeFleet.System("east-oldname"));
        member.Put(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("kubefed-controller-manager:east-oldname"));
        member.Put(KnownResources.ClusterRoleBindings, ObjectKey.ClusterScoped("kubefed-controller-manager:east-oldname"));
        member.Put(KnownResources.ClusterRoles, ObjectKey.ClusterScoped($"kubefed-controller-manager:{System}:healthcheck-east-oldname"));
        member.Put(KnownResources.Roles, FakeFleet.System("kubefed-controller-manager:east-oldname"));
        member.Put(KnownResources.RoleBindings, FakeFleet.System("kubefed-controller-manager:east-oldname"));

        await Leave(fleet);

        Assert.Empty(member.Names(KnownResources.ServiceAccounts));
        Assert.Empty(member.Names(KnownResources.ClusterRoles));
        Assert.Empty(member.Names(KnownResources.ClusterRoleBindings));
        Assert.Empty(member.Names(KnownResources.Roles));
        Assert.Empty(member.Names(KnownResources.RoleBindings));
        Assert.NotNull(member.Peek(KnownResources.Namespaces, System));
        Assert.Empty(fleet.Host.Names(KnownResources.Secrets));
    }

    [Theory]
    [InlineData("not a token")]
    [InlineData("a.%%%.c")]
    [InlineData("a.bm90IGpzb24.c")]
    [InlineData("a.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6b3RoZXI6eCJ9.c")]
    public void A_token_that_names_no_account_of_the_namespace_names_nothing(string token) => Assert.Null(TokenSubject.ServiceAccountOf(token, System));

    [Fact]
    public async Task References_to_the_cluster_are_removed_on_request()
    {
        using var fleet = await Joined();
        Copies(fleet, fleet["east"]);
        var type = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        fleet.Host.Served.Add(type.Federated);
        fleet.Host.Put(type.Federated, new ObjectKey("team", "a"), """
            {"spec":{"placement":{"clusters":[{"name":"east"},{"name":"west"}]},"overrides":[{"clusterName":"east","clusterOverrides":[{"path":"/data/a","value":"b"}]}]}}
            """);
        fleet.Host.Put(type.Federated, new ObjectKey("team", "b"), """{"spec":{"placement":{"clusters":[{"name":"west"}]}}}""");
        fleet.Host.Requests.Clear();

        var result = await Leave(fleet, request => request with { RemoveReferences = true });

        var changed = (await fleet.Federation.Resources.FindAsync(type, new ObjectKey("team", "a"), None))!;
        Assert.Equal(["west"], changed.PlacementClusters);
        Assert.Null(changed.Overrides);
        Assert.Equal("FederatedConfigMap team/a", Assert.Single(
            result.Changes.Where(change => change.Kind == ChangeKind.Update).Select(change => $"{change.ObjectKind} {change.Name}")));
    }

    [Fact]
    public async Task Overrides_by_selector_outlive_a_cluster_that_leaves_P_60()
    {
        using var fleet = await Joined();
        Copies(fleet, fleet["east"]);
        var type = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        fleet.Host.Served.Add(type.Federated);
        fleet.Host.Put(type.Federated, new ObjectKey("team", "a"), """
            {"spec":{"placement":{"clusterSelector":{}},"overrides":[{"clusterSelector":{"matchLabels":{"region":"eu"}}},{"clusterName":"east"}]}}
            """);

        await Leave(fleet, request => request with { RemoveReferences = true });

        var changed = (await fleet.Federation.Resources.FindAsync(type, new ObjectKey("team", "a"), None))!;
        Assert.Equal("""[{"clusterSelector":{"matchLabels":{"region":"eu"}}}]""", changed.Overrides!.ToJsonString());
    }

    private static void Copies(FakeFleet fleet, FakeCluster member)
    {
        foreach (var (name, kind) in new[] { ("configmaps", "ConfigMap"), ("namespaces", "Namespace") })
        {
            fleet.Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System(name), $$"""
                {"spec":{"targetType":{"version":"v1","kind":"{{kind}}","pluralName":"{{name}}","scope":"{{(kind == "Namespace" ? "Cluster" : "Namespaced")}}"},
                 "propagation":"Enabled","federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"Federated{{kind}}","pluralName":"federated{{name}}","scope":"Namespaced"} } }
                """);
        }

        const string managed = """{"metadata":{"labels":{"kubefed.io/managed":"true"}}}""";
        member.Served.AddRange([KnownResources.ConfigMaps, KnownResources.Namespaces]);
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("team"), managed);
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("shared"), managed);
        member.Put(KnownResources.ConfigMaps, new ObjectKey("team", "a"), managed);
        member.Put(KnownResources.ConfigMaps, new ObjectKey("shared", "theirs"));
        member.Put(KnownResources.ConfigMaps, new ObjectKey("default", "optout"), """{"metadata":{"labels":{"kubefed.io/managed":"false"}}}""");
    }

    private static async Task<FakeFleet> Joined()
    {
        var fleet = new FakeFleet().Installed();
        fleet.Add("east");
        await Join(fleet);
        return fleet;
    }

    private static async Task Join(FakeFleet fleet)
    {
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = fleet["east"].Settings }, NullSink.Instance, None);
        fleet["east"].Requests.Clear();
        fleet.Host.Requests.Clear();
    }

    private static Task<LeaveResult> Leave(FakeFleet fleet, Func<LeaveRequest, LeaveRequest>? with = null)
    {
        var request = new LeaveRequest { Name = "east", Member = fleet["east"].Settings };
        return fleet.Federation.Clusters.LeaveAsync(with is null ? request : with(request), NullSink.Instance, None);
    }
}
