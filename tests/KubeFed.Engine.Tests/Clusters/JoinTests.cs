using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

public sealed class JoinTests
{
    private const string System = KubeFedNames.DefaultSystemNamespace;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Joining_makes_the_objects_of_KubeFeds_scheme_in_member_and_host_and_reports_each_P6()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");

        var result = await Join(fleet, "east", request => request with { Labels = new Dictionary<string, string> { ["region"] = "eu" } });

        // cli.md section 2, the table of names.
        Assert.NotNull(member.Peek(KnownResources.Namespaces, System));
        var account = member.Peek(KnownResources.ServiceAccounts, "east-hub", System)!;
        // Kubernetes 1.32 deprecates it, and warns at every write that sets it.
        Assert.Null(account.Annotation("kubernetes.io/enforce-mountable-secrets"));
        Assert.False(account.Json["automountServiceAccountToken"]!.GetValue<bool>());
        var secret = member.Peek(KnownResources.Secrets, "east-hub", System)!;
        Assert.Equal("kubernetes.io/service-account-token", secret.Json["type"]!.GetValue<string>());
        Assert.Equal("east-hub", secret.Annotation("kubernetes.io/service-account.name"));
        var role = member.Peek(KnownResources.ClusterRoles, "kubefed-controller-manager:east-hub")!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["get"]}]"""), role.Json["rules"]));
        var binding = member.Peek(KnownResources.ClusterRoleBindings, "kubefed-controller-manager:east-hub")!;
        Assert.Equal("east-hub", binding.Json["subjects"]![0]!["name"]!.GetValue<string>());

        var cluster = fleet.Host.Peek(CoreResources.KubeFedClusters, "east", System)!;
        Assert.Equal("https://east.example:6443", cluster.Spec!["apiEndpoint"]!.GetValue<string>());
        Assert.Equal("eu", cluster.Label("region"));
        var hostSecret = fleet.Host.Peek(KnownResources.Secrets, cluster.Spec["secretRef"]!["name"]!.GetValue<string>(), System)!;
        Assert.Equal("token", Assert.Single(hostSecret.Json["data"]!.AsObject()).Key);
        Assert.Equal("token-of-east-hub", Encoding.UTF8.GetString(Convert.FromBase64String(hostSecret.Json["data"]!["token"]!.GetValue<string>())));
        Assert.StartsWith("east-", hostSecret.Name, StringComparison.Ordinal);
        Assert.Equal(7, result.Changes.Count(change => change.Kind == ChangeKind.Create));
    }

    [Fact]
    public async Task A_joined_cluster_is_ready_at_once()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Add("east");

        var result = await Join(fleet, "east");

        Assert.True(result.Cluster.Ready);
        Assert.Equal("v1.30.1", result.Cluster.KubernetesVersion);
        Assert.True((await fleet.Federation.Clusters.FindAsync("east", None))!.Ready);
    }

    [Fact]
    public async Task Joining_again_writes_nothing_P5_P8_K12()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        await Join(fleet, "east");
        fleet.Host.Requests.Clear();
        member.Requests.Clear();

        var again = await Join(fleet, "east");

        Assert.Empty(fleet.Host.Writes);
        Assert.Empty(member.Writes);
        Assert.All(again.Changes, change => Assert.Equal(ChangeKind.Unchanged, change.Kind));
    }

    [Fact]
    public async Task A_dry_run_reads_and_lists_and_writes_nothing_K13()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");

        var result = await Join(fleet, "east", request => request with { DryRun = true, SecretName = "mine" });

        Assert.Empty(fleet.Host.Writes);
        Assert.Empty(member.Writes);
        Assert.Equal(
            [
                "Create Namespace kube-federation-system in east",
                "Create ServiceAccount kube-federation-system/east-hub in east",
                "Create Secret kube-federation-system/east-hub in east",
                "Create ClusterRole kubefed-controller-manager:east-hub in east",
                "Create ClusterRoleBinding kubefed-controller-manager:east-hub in east",
                "Create Secret kube-federation-system/mine in hub",
                "Create KubeFedCluster kube-federation-system/east in hub",
            ],
            result.Changes.Select(change => change.ToString()));
        Assert.Equal("mine", result.Cluster.SecretName);
    }

    [Fact]
    public async Task Scope_Namespaced_gets_a_role_in_the_namespace_and_a_health_role_whose_verb_is_lower_case_P4()
    {
        using var fleet = new FakeFleet().Installed("""{"spec":{"scope":"Namespaced"}}""");
        var member = fleet.Add("east");

        await Join(fleet, "east");

        Assert.NotNull(member.Peek(KnownResources.Roles, "kubefed-controller-manager:east-hub", System));
        Assert.NotNull(member.Peek(KnownResources.RoleBindings, "kubefed-controller-manager:east-hub", System));
        var health = member.Peek(KnownResources.ClusterRoles, "kubefed-controller-manager:kube-federation-system:healthcheck-east-hub")!;
        Assert.Equal("get", health.Json["rules"]![0]!["verbs"]![0]!.GetValue<string>());
        Assert.Contains("/readyz", health.Json["rules"]![0]!["nonResourceURLs"]!.AsArray().Select(url => url!.GetValue<string>()));
        Assert.Equal("""{"apiGroups":[""],"resources":["nodes"],"verbs":["list"]}""", health.Json["rules"]![1]!.ToJsonString());
        Assert.Null(member.Peek(KnownResources.ClusterRoles, "kubefed-controller-manager:east-hub"));
    }

    [Fact]
    public async Task The_host_can_join_itself_K16()
    {
        using var fleet = new FakeFleet().Installed();

        var result = await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "hub", Member = fleet.Host.Settings }, NullSink.Instance, None);

        Assert.True(result.Cluster.Ready);
        Assert.NotNull(fleet.Host.Peek(KnownResources.ServiceAccounts, "hub-hub", System));
        Assert.Contains(result.Changes, change => change is { Kind: ChangeKind.Unchanged, ObjectKind: "Namespace" });
    }

    [Fact]
    public async Task TLS_proxy_and_CA_of_the_kubeconfig_are_recorded()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Settings = member.Settings with
        {
            CertificateAuthority = "-----BEGIN CERTIFICATE-----",
            TlsChecksDisabled = TlsChecksDisabled.SubjectName,
            Proxy = new Uri("socks5://proxy:1080"),
            TlsServerName = "kubernetes.default",
        };

        var result = await Join(fleet, "east");

        Assert.Equal("-----BEGIN CERTIFICATE-----", result.Cluster.CaBundle);
        Assert.Equal(TlsChecksDisabled.SubjectName, result.Cluster.TlsChecksDisabled);
        Assert.Equal("socks5://proxy:1080", result.Cluster.ProxyUrl);
        Assert.Equal("kubernetes.default", fleet.Made[^1].TlsServerName);
    }

    [Fact]
    public async Task An_insecure_context_is_recorded_without_a_CA_and_a_later_secure_one_clears_it_P11()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        var secure = member.Settings with { CertificateAuthority = "-----BEGIN CERTIFICATE-----" };
        member.Settings = secure with { TlsChecksDisabled = TlsChecksDisabled.All };

        var insecure = await Join(fleet, "east");
        Assert.Equal("""["*"]""", insecure.Cluster.Source.Spec!["disabledTLSValidations"]!.ToJsonString());
        Assert.Null(insecure.Cluster.CaBundle);

        member.Settings = secure;
        var again = await Join(fleet, "east");
        Assert.Null(again.Cluster.Source.Spec!["disabledTLSValidations"]);
        Assert.NotNull(again.Cluster.CaBundle);
    }

    [Fact]
    public async Task Every_part_of_the_connection_can_be_given_instead_of_the_kubeconfigs_and_joining_again_keeps_it_P9_P10_P12()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        fleet.Alias("10.0.0.1", "east");
        member.Settings = member.Settings with { CertificateAuthority = "-----BEGIN CERTIFICATE-----kubeconfig", Proxy = new Uri("http://theirs:3128") };

        await Join(fleet, "east", request => request with
        {
            ApiEndpoint = "https://10.0.0.1:6443",
            CertificateAuthority = "-----BEGIN CERTIFICATE-----given",
            ProxyUrl = "socks5://ours:1080",
            TlsServerName = "kubernetes.default",
            TlsChecksDisabled = TlsChecksDisabled.ValidityPeriod,
        });
        var again = (await Join(fleet, "east")).Cluster;

        Assert.Equal("https://10.0.0.1:6443", again.ApiEndpoint);
        Assert.Equal("-----BEGIN CERTIFICATE-----given", again.CaBundle);
        Assert.Equal("socks5://ours:1080", again.ProxyUrl);
        Assert.Equal("kubernetes.default", again.Source.Annotation(KubeFedNames.TlsServerNameAnnotation));
        Assert.Equal(TlsChecksDisabled.ValidityPeriod, again.TlsChecksDisabled);

        // As a cluster that is piped into Join-KubeFedCluster gives them.
        fleet.Host.Requests.Clear();
        await Join(fleet, "east", request => request with { ApiEndpoint = again.ApiEndpoint, SecretName = again.SecretName });
        Assert.Empty(fleet.Host.Writes);

        var none = (await Join(fleet, "east", request => request with
        {
            SystemRoots = true, ProxyUrl = string.Empty, TlsServerName = string.Empty, TlsChecksDisabled = TlsChecksDisabled.None,
        })).Cluster;
        Assert.Equal((null, null, null), (none.CaBundle, none.ProxyUrl, none.Source.Annotation(KubeFedNames.TlsServerNameAnnotation)));
        Assert.Equal((TlsChecksDisabled.None, "https://10.0.0.1:6443"), (none.TlsChecksDisabled, none.ApiEndpoint));
    }

    [Theory]
    [InlineData("tcp://east", null, null, null, "spec.apiEndpoint")]
    [InlineData(null, "ftp://proxy", null, null, "spec.proxyURL: Invalid value: \"ftp://proxy\": proxy URL scheme must be one of: [http, https, socks5]")]
    [InlineData(null, null, "Not_A_Name", null, "spec.secretRef.name: Invalid value: \"Not_A_Name\"")]
    [InlineData(null, null, null, "/etc/ca.pem", "certificate authority given holds no PEM")]
    public async Task What_the_webhook_would_refuse_is_refused_before_anything_is_written_A10_A18_P11(
        string? endpoint, string? proxy, string? secret, string? authority, string mentioned)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");

        var error = await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east", request => request with
        {
            ApiEndpoint = endpoint, ProxyUrl = proxy, SecretName = secret, CertificateAuthority = authority,
        }));

        Assert.Equal(FederationProblem.Invalid, error.Problem);
        Assert.Contains(endpoint is null ? mentioned : "apiEndpoint", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
        Assert.Empty(fleet.Host.Writes);
        Assert.Empty(member.Writes);
    }

    [Fact]
    public async Task What_join_and_the_health_check_write_is_valid_A10_A20()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Add("east");

        var cluster = (await Join(fleet, "east")).Cluster.Source;

        Assert.Empty(Engine.Api.Validation.KubeFedClusterValidation.Check(cluster));
        Assert.NotEmpty(cluster.Status!["conditions"]!.AsArray());
        Assert.Empty(Engine.Api.Validation.KubeFedClusterValidation.CheckStatus(cluster));
    }

    [Theory]
    [InlineData("east", "hub", "east-hub")]
    [InlineData("c.1", "kind-hub", "c.1-kind-hub")]
    public void Names_are_KubeFeds_where_those_are_valid(string cluster, string host, string account) =>
        Assert.Equal(account, MemberNames.For(cluster, host, System).ServiceAccount);

    [Theory]
    [InlineData("arn:aws:eks:eu-1:123:cluster/prod")]
    [InlineData("admin@prod_1")]
    [InlineData("Prod")]
    [InlineData("-.-")]
    [InlineData("a..b")]
    [InlineData("gke_project_zone_a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on")]
    public void Names_that_would_break_are_made_valid_and_stay_distinct_P7(string host)
    {
        var name = MemberNames.For("east", host, System).ServiceAccount;

        Assert.Empty(LabelSyntax.CheckSubdomain(name));
        Assert.NotEqual(name, MemberNames.For("east", host.Replace('o', '_') + "x", System).ServiceAccount);
        Assert.Equal(name, MemberNames.For("east", host, System).ServiceAccount);
    }

    [Fact]
    public async Task The_same_physical_cluster_under_another_name_is_refused_P16()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        await Join(fleet, "east");
        member.Requests.Clear();

        var error = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "other", Member = member.Settings }, NullSink.Instance, None));

        Assert.Equal("ClusterAlreadyJoined", error.Id);
        Assert.Contains("\"east\"", error.Message, StringComparison.Ordinal);
        Assert.Empty(member.Writes);
    }

    [Fact]
    public async Task A_name_registered_for_another_cluster_is_not_taken_over()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Add("east");
        await Join(fleet, "east");
        var other = fleet.Add("other");

        var error = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = other.Settings }, NullSink.Instance, None));

        Assert.Equal("ClusterNameTaken", error.Id);
        Assert.Empty(other.Writes);
    }

    [Theory]
    [InlineData("serviceaccounts", "service account: east-hub already exists in joining cluster: east")]
    [InlineData("clusterroles", "ClusterRole kubefed-controller-manager:east-hub already exists in joining cluster: east")]
    [InlineData("secrets", "host cluster secret mine already exists")]
    [InlineData("kubefedclusters", "federated cluster east already exists in host cluster")]
    public async Task ErrorOnExisting_refuses_before_anything_is_written_K10(string existing, string message)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        _ = existing switch
        {
            "serviceaccounts" => member.Put(KnownResources.ServiceAccounts, FakeFleet.System("east-hub")),
            "clusterroles" => member.Put(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("kubefed-controller-manager:east-hub")),
            "secrets" => fleet.Host.Put(KnownResources.Secrets, FakeFleet.System("mine")),
            _ => fleet.Host.Put(CoreResources.KubeFedClusters, FakeFleet.System("east")),
        };

        var error = await Assert.ThrowsAsync<FederationException>(
            () => Join(fleet, "east", request => request with { ErrorOnExisting = true, SecretName = "mine" }));

        Assert.Equal(("JoinObjectExists", FederationProblem.AlreadyExists, message), (error.Id, error.Problem, error.Message));
        Assert.Empty(member.Writes);
        Assert.Empty(fleet.Host.Writes);
    }

    [Theory]
    [InlineData("create namespaces")]
    [InlineData("create serviceaccounts")]
    [InlineData("create secrets kube-federation-system/east-hub")]
    [InlineData("create clusterroles")]
    [InlineData("create clusterrolebindings")]
    [InlineData("create secrets kube-federation-system/east-")]
    [InlineData("create kubefedclusters")]
    public async Task A_join_that_fails_at_any_step_takes_back_what_it_made_P5(string step)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        var before = Everything(member);
        fleet.Host.Fault = member.Fault = request => request.StartsWith(step, StringComparison.Ordinal) ? FakeCluster.Refuse("create", 500, "InternalError", "boom") : null;

        var error = await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"));

        Assert.Equal("JoinFailed", error.Id);
        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
        Assert.Contains("removed again.", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything(member));
        Assert.Empty(fleet.Host.Names(KnownResources.Secrets));

        // And a second run, with the cause gone, completes.
        fleet.Host.Fault = member.Fault = _ => null;
        Assert.True((await Join(fleet, "east")).Cluster.Ready);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_named()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Fault = request => request.StartsWith("create clusterroles ", StringComparison.Ordinal) || request.StartsWith("delete serviceaccounts", StringComparison.Ordinal)
            ? FakeCluster.Refuse("x", 403, "Forbidden", "not allowed")
            : null;

        var error = await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"));

        Assert.Contains("except ServiceAccount kube-federation-system/east-hub in east", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_off_join_goes_on_and_still_knows_its_own_objects()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Fault = request => request.StartsWith("create clusterroles", StringComparison.Ordinal) ? FakeCluster.Refuse("create", 500, "InternalError", "boom") : null;
        await Assert.ThrowsAnyAsync<Exception>(() => Join(fleet, "east", request => request with { KeepOnFailure = true }));
        Assert.NotNull(member.Peek(KnownResources.ServiceAccounts, "east-hub", System));
        member.Fault = _ => null;

        var result = await Join(fleet, "east");

        var record = JoinRecord.Of(result.Cluster.Source)!;
        Assert.Equal(
            ["Namespace", "ServiceAccount", "Secret", "ClusterRole", "ClusterRoleBinding", "Secret"],
            record.Created.Select(item => item.Resource.Kind));
    }

    [Fact]
    public async Task Objects_that_were_there_before_are_used_and_never_claimed()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(System));
        member.Put(KnownResources.ClusterRoleBindings, ObjectKey.ClusterScoped("kubefed-controller-manager:east-hub"), """{"roleRef":{"kind":"ClusterRole","name":"view"}}""");

        var result = await Join(fleet, "east");

        var record = JoinRecord.Of(result.Cluster.Source)!;
        Assert.DoesNotContain(record.Created, item => item.Resource.Kind == "Namespace");

        // K-11: a binding to another role is made anew.
        Assert.Equal(
            "kubefed-controller-manager:east-hub",
            member.Peek(KnownResources.ClusterRoleBindings, "kubefed-controller-manager:east-hub")!.Json["roleRef"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Where_no_token_controller_fills_the_Secret_a_token_is_requested_P1()
    {
        using var fleet = new FakeFleet(time: new LeapingTime()).Installed();
        var member = fleet.Add("east");
        member.MakesTokens = false;
        var sink = new RecordingSink();

        var result = await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = "east", Member = member.Settings }, sink, None);

        Assert.True(result.Cluster.Ready);
        Assert.Equal(new TokenCredentials("requested-token"), fleet.Made[^1].Credentials);
        Assert.Contains(sink.Warnings, warning => warning.Contains("a token was requested instead; it expires", StringComparison.Ordinal));
        Assert.Equal(31, member.Requests.Count(request => request == "get secrets kube-federation-system/east-hub") - 2);

        // The Secret nobody filled is not left about, and from now on the token is one that is renewed (P-2).
        Assert.Null(member.Peek(KnownResources.Secrets, "east-hub", System));
        Assert.Equal(TimeSpan.FromDays(365), JoinRecord.Of(result.Cluster.Source)!.TokenLifetime);
    }

    [Fact]
    public async Task An_unreachable_cluster_and_refused_credentials_are_told_apart()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");
        Assert.Equal("ClusterUnreachable", (await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"))).Id);

        member.Fault = _ => FakeCluster.Refuse("get", 401, "Unauthorized", "Unauthorized");
        Assert.Equal("CredentialsRejected", (await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"))).Id);
        Assert.Empty(fleet.Host.Writes);
    }

    [Theory]
    [InlineData("Not_A_Name", "InvalidClusterName")]
    [InlineData("", "InvalidClusterName")]
    public async Task A_bad_name_is_refused(string name, string id)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");

        var error = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = name, Member = member.Settings }, NullSink.Instance, None));

        Assert.Equal(id, error.Id);
    }

    [Fact]
    public async Task Bad_labels_and_endpoints_are_refused_before_any_write_A13()
    {
        using var fleet = new FakeFleet().Installed();
        fleet.Add("east");

        Assert.Equal("InvalidClusterLabel", (await Assert.ThrowsAsync<FederationException>(
            () => Join(fleet, "east", request => request with { Labels = new Dictionary<string, string> { ["a b"] = "c" } }))).Id);
        Assert.Equal("ClusterEndpointInvalid", (await Assert.ThrowsAsync<FederationException>(
            () => Join(fleet, "east", request => request with { ApiEndpoint = "east:0" }))).Id);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task A_cluster_that_its_stored_endpoint_does_not_reach_is_registered_with_a_warning_P12_K14()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        fleet.Add("bastion").Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "no route to host");
        var sink = new RecordingSink();

        var result = await fleet.Federation.Clusters.JoinAsync(
            new JoinRequest { Name = "east", Member = member.Settings, ApiEndpoint = "https://bastion.example:6443" }, sink, None);

        Assert.False(result.Cluster.Ready);
        Assert.Contains(sink.Warnings, warning => warning.Contains("no route to host", StringComparison.Ordinal));
        Assert.Equal("https://bastion.example:6443", result.Cluster.ApiEndpoint);
    }

    [Fact]
    public async Task A_namespace_that_is_still_being_deleted_is_waited_for()
    {
        using var fleet = new FakeFleet(time: new LeapingTime()).Installed();
        var member = fleet.Add("east");
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(System), """{"metadata":{"deletionTimestamp":"2024-05-01T10:00:00Z","finalizers":["f"]}}""");
        var looks = 0;
        member.Fault = request =>
        {
            if (request == $"get namespaces {System}" && ++looks == 5)
            {
                member.Remove(KnownResources.Namespaces, System);
            }

            return null;
        };

        Assert.True((await Join(fleet, "east")).Cluster.Ready);
        Assert.True(looks >= 5);
    }

    [Fact]
    public async Task A_namespace_whose_deletion_never_ends_is_named_with_its_finalizers()
    {
        using var fleet = new FakeFleet(time: new LeapingTime()).Installed();
        var member = fleet.Add("east");
        member.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped(System), """{"metadata":{"deletionTimestamp":"2024-05-01T10:00:00Z","finalizers":["stuck.io/f"]}}""");

        var error = await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"));

        Assert.Equal(("ObjectBeingDeleted", FederationProblem.TimedOut), (error.Id, error.Problem));
        Assert.Contains("stuck.io/f", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_control_planes_of_one_host_do_not_take_a_members_role_from_each_other()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        await Join(fleet, "east");
        using var second = new Federation(fleet.Federation.Options with { SystemNamespace = "second" });
        fleet.Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("second"));
        fleet.Host.Put(CoreResources.KubeFedConfigs, new ObjectKey("second", "kubefed"), """{"spec":{"scope":"Cluster"}}""");
        var request = new JoinRequest { Name = "east", Member = member.Settings };

        await second.Clusters.JoinAsync(request, NullSink.Instance, None);
        var again = await second.Clusters.JoinAsync(request, NullSink.Instance, None);
        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east", Member = member.Settings }, NullSink.Instance, None);

        Assert.All(again.Changes, change => Assert.Equal(ChangeKind.Unchanged, change.Kind));
        Assert.Equal(["kubefed-controller-manager:second:east-hub"], member.Names(KnownResources.ClusterRoles));
        Assert.Equal(["second/east-hub"], member.Names(KnownResources.ServiceAccounts));
    }

    [Fact]
    public async Task Fifty_clusters_can_join_at_once()
    {
        using var fleet = new FakeFleet().Installed();
        var members = Enumerable.Range(0, 50).Select(i => fleet.Add($"c{i}")).ToList();

        await Task.WhenAll(members.Select(member => Join(fleet, member.Settings.Name)));

        Assert.Equal(50, (await fleet.Federation.Clusters.ListAsync(None)).Count(cluster => cluster.Ready == true));
    }

    [Theory]
    [InlineData("clusterroles", "create clusterroles")]
    [InlineData("*", "do everything, which is what it would grant")]
    public async Task A_user_who_may_not_do_what_join_does_is_told_before_the_first_write_P17(string resource, string action)
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        member.Allows = review => review.Spec!["resourceAttributes"]!["resource"]!.GetValue<string>() != resource;
        member.Fault = request => request == "get namespaces kube-system" ? FakeCluster.Refuse("get", 403, "Forbidden", "not for you") : null;

        var error = await Assert.ThrowsAsync<FederationException>(() => Join(fleet, "east"));

        Assert.Equal("InsufficientPermission", error.Id);
        Assert.Contains($"may not {action} (no rule)", error.Message, StringComparison.Ordinal);
        Assert.Empty(member.Writes);
        Assert.Empty(fleet.Host.Writes);
    }

    [Fact]
    public async Task Existing_credentials_register_a_cluster_without_touching_it_and_leaving_keeps_them_P1()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        fleet.Host.Put(KnownResources.Secrets, FakeFleet.System("mine"), """{"data":{"token":"YWJj"}}""");

        var result = await Join(fleet, "east", request => request with { CredentialSecret = "mine" });

        Assert.True(result.Cluster.Ready);
        Assert.Equal("mine", result.Cluster.SecretName);
        Assert.Empty(member.Writes);
        var left = await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east" }, NullSink.Instance, None);
        Assert.Empty(member.Writes);
        Assert.Empty(left.LeftBehind);
        Assert.NotNull(fleet.Host.Peek(KnownResources.Secrets, "mine", System));

        Assert.Equal("ClusterSecretNotFound", (await Assert.ThrowsAsync<FederationException>(
            () => Join(fleet, "east", request => request with { CredentialSecret = "other" }))).Id);
    }

    [Fact]
    public async Task Changing_to_existing_credentials_keeps_the_record_of_what_join_made_before()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Add("east");
        await Join(fleet, "east");
        fleet.Host.Put(KnownResources.Secrets, FakeFleet.System("mine"), """{"data":{"token":"YWJj"}}""");

        await Join(fleet, "east", request => request with { CredentialSecret = "mine" });
        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "east", Member = member.Settings }, NullSink.Instance, None);

        Assert.Empty(member.Names(KnownResources.ServiceAccounts));
        Assert.Equal(["kube-federation-system/mine"], fleet.Host.Names(KnownResources.Secrets));
    }

    [Fact]
    public async Task Least_privilege_grants_the_enabled_types_and_joining_again_follows_them_P3()
    {
        using var fleet = Types.EnableTests.Fleet();
        var member = fleet.Add("east");
        var sink = new RecordingSink();
        await fleet.Federation.Types.EnableAsync(new Engine.Types.EnableRequest { Name = "configmaps" }, sink, None);
        await Join(fleet, "east", request => request with { LeastPrivilege = true });

        Assert.Equal(
            """[{"apiGroups":[""],"resources":["configmaps"],"verbs":["create","delete","get","list","patch","update","watch"]},"""
                + """{"apiGroups":[""],"resources":["namespaces","nodes","pods"],"verbs":["get","list","watch"]},"""
                + """{"nonResourceURLs":["/healthz","/readyz","/livez","/version"],"verbs":["get"]}]""",
            Rules());

        await fleet.Federation.Types.EnableAsync(new Engine.Types.EnableRequest { Name = "deployments.apps" }, sink, None);
        Assert.Contains(sink.Warnings, warning => warning.StartsWith("east joined with least privilege", StringComparison.Ordinal));
        await Join(fleet, "east");
        Assert.Contains("\"apps\"", Rules(), StringComparison.Ordinal);

        // Enabled again, the type is one the role knows; disabled, the role is wider than need be until the next join.
        sink.Warnings.Clear();
        await fleet.Federation.Types.EnableAsync(new Engine.Types.EnableRequest { Name = "deployments.apps" }, sink, None);
        Assert.Empty(sink.Warnings);
        await fleet.Federation.Types.DisableAsync(new Engine.Types.DisableRequest { Name = "deployments.apps" }, sink, None);
        Assert.Contains(sink.Warnings, warning => warning.StartsWith("east joined with least privilege and may still write deployments.apps", StringComparison.Ordinal));
        var report = await fleet.Federation.Clusters.ExamineAsync(
            (await fleet.Federation.Clusters.FindAsync("east", None))!,
            await fleet.Federation.Types.ListAsync(None),
            await fleet.Federation.ControlPlane.ReadConfigAsync(None),
            record: false,
            None);
        Assert.Contains(report.Findings, finding => finding.Id == "RoleWider" && finding.Message.Contains("deployments.apps", StringComparison.Ordinal));
        await Join(fleet, "east");
        Assert.DoesNotContain("\"apps\"", Rules(), StringComparison.Ordinal);

        await Join(fleet, "east", request => request with { LeastPrivilege = false });
        Assert.StartsWith("""[{"apiGroups":["*"]""", Rules(), StringComparison.Ordinal);

        string Rules() => member.Peek(KnownResources.ClusterRoles, "kubefed-controller-manager:east-hub")!.Json["rules"]!.ToJsonString();
    }

    private static Task<JoinResult> Join(FakeFleet fleet, string name, Func<JoinRequest, JoinRequest>? with = null)
    {
        var request = new JoinRequest { Name = name, Member = fleet[name].Settings };
        return fleet.Federation.Clusters.JoinAsync(with is null ? request : with(request), NullSink.Instance, None);
    }

    private static IReadOnlyList<string> Everything(FakeCluster cluster) =>
    [
        .. cluster.Names(KnownResources.Namespaces), .. cluster.Names(KnownResources.ServiceAccounts), .. cluster.Names(KnownResources.Secrets),
        .. cluster.Names(KnownResources.ClusterRoles), .. cluster.Names(KnownResources.ClusterRoleBindings),
    ];
}
