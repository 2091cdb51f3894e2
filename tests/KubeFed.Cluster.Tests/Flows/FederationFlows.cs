using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.Flows;

/// <summary>What an administrator does to a federation, on whatever clusters a derived class has; each flow has a control plane namespace of its own.</summary>
public abstract partial class FederationFlows
{
    /// <summary>Servers that share a machine with a whole test run may take longer than 3 s.</summary>
    protected static HealthPolicy Patient { get; } = HealthPolicy.Default with { Timeout = TimeSpan.FromSeconds(20) };

    protected static CancellationToken None => TestContext.Current.CancellationToken;

    protected abstract Task<Fleet> StartAsync(string systemNamespace);

    [Fact]
    public async Task A_control_plane_installs_and_installing_again_writes_nothing()
    {
        using var fleet = await StartAsync("flow-install");
        var dry = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest { DryRun = true }, NullSink.Instance, None);
        Assert.Empty(fleet.Writes);

        var first = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);
        fleet.ClearCounts();
        var again = await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, None);

        Assert.Empty(fleet.Writes);
        Assert.All(again.Changes, change => Assert.Equal(ChangeKind.Unchanged, change.Kind));
        Assert.Equal(dry.Changes.Select(change => change.Name), first.Changes.Select(change => change.Name));
        Assert.Equal(ControlPlaneScope.Cluster, (await fleet.Federation.ControlPlane.ReadConfigAsync(None)).Scope);

        // Everything KubeFed would default is stored, and nothing of it is pruned by the schema (api.md section 14).
        var stored = await fleet.Host.GetAsync(CoreResources.KubeFedConfigs, new ObjectKey("flow-install", "kubefed"), None);
        Assert.True(JsonNode.DeepEquals(ConfigDefaults.Apply(new JsonObject { ["scope"] = "Cluster" }), stored.Spec), stored.Spec!.ToJsonString());
    }

    [Fact]
    public async Task Clusters_join_are_ready_at_once_join_again_without_a_write_and_leave_without_a_trace()
    {
        using var fleet = await InstalledAsync("flow-join");
        foreach (var settings in fleet.Clusters)
        {
            var joined = await fleet.Federation.Clusters.JoinAsync(
                new JoinRequest { Name = settings.Name, Member = settings, Labels = new Dictionary<string, string> { ["test"] = "yes" } }, NullSink.Instance, None);
            Assert.True(joined.Cluster.Ready, string.Join("; ", joined.Cluster.Conditions));
        }

        fleet.ClearCounts();
        foreach (var settings in fleet.Clusters)
        {
            await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        }

        Assert.Empty(fleet.Writes);
        foreach (var cluster in await fleet.Federation.Clusters.ListAsync(None))
        {
            Assert.Equal("yes", cluster.Labels["test"]);
            Assert.True((await fleet.Federation.Clusters.CheckAsync(cluster, Patient, record: true, None)).Ready);
        }

        Assert.Empty(fleet.Writes);

        // The last member leaves by the stored credentials alone, the others by an administrator's connection; the host last.
        foreach (var settings in fleet.Clusters.Reverse())
        {
            var dry = await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name, Member = settings, DryRun = true }, NullSink.Instance, None);
            var left = await fleet.Federation.Clusters.LeaveAsync(
                new LeaveRequest { Name = settings.Name, Member = settings == fleet.Clusters[^1] ? null : settings }, NullSink.Instance, None);

            Assert.Empty(left.LeftBehind);
            Assert.Equal(
                dry.Changes.Select(change => change.ToString()).Order(StringComparer.Ordinal),
                left.Changes.Select(change => change.ToString()).Order(StringComparer.Ordinal));
            using var member = fleet.Factory.Create(settings);
            await NothingIsLeftAsync(fleet, member, settings.Name);
        }

        Assert.Empty(await fleet.Federation.Clusters.ListAsync(None));
    }

    [Fact]
    public async Task The_members_credentials_are_those_of_the_role_join_made()
    {
        using var fleet = await InstalledAsync("flow-scope", ControlPlaneScope.Namespaced);
        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        var member = await fleet.Federation.Members.ConnectAsync((await fleet.Federation.Clusters.FindAsync(settings.Name, None))!, None);

        // Scope Namespaced: everything in the system namespace, health and nodes, and nothing else.
        var mine = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("flow-scope", "mine"));
        await member.CreateAsync(KnownResources.ConfigMaps, mine, WriteOptions.Default, None);
        Assert.Equal("ok", await member.GetTextAsync(RequestPath.Parse("/readyz"), None));
        await member.ListAsync(KnownResources.Nodes, new ListQuery(), None);
        var forbidden = await Assert.ThrowsAsync<KubeApiException>(() => member.CreateAsync(
            KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "theirs")), WriteOptions.Default, None));
        Assert.True(forbidden.IsForbidden);

        await member.DeleteAsync(KnownResources.ConfigMaps, mine.Key, DeleteOptions.Default, None);
        var left = await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        Assert.Empty(left.LeftBehind);
        using var admin = fleet.Factory.Create(settings);
        await NothingIsLeftAsync(fleet, admin, settings.Name);
    }

    [Fact]
    public async Task Types_are_enabled_once_and_their_resources_made_edited_listed_and_removed()
    {
        using var fleet = await InstalledAsync("flow-types");
        foreach (var name in new[] { "ns", "configmaps", "deploy" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        fleet.ClearCounts();
        foreach (var name in new[] { "namespaces", "cm", "Deployment" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        Assert.Empty(fleet.Writes);
        await EnsureNamespaceAsync(fleet.Host, "flow-types-a");

        var type = await fleet.Federation.Types.ResolveAsync("fdeploy", None);
        var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = new ObjectKey("flow-types-a", "web"),
            Template = JsonNode.Parse("""{"spec":{"replicas":3,"anything":{"goes":[1,null,"x"]}}}""")!.AsObject(),
            Placement = new PlacementSpec { Clusters = ["one"] },
            Overrides = [new OverrideEntry("one", null, "/spec/replicas", 5)],
            RetainReplicas = true,
        });
        var created = await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, None);
        Assert.Equal(3, created.Template!["spec"]!["replicas"]!.GetValue<int>());
        Assert.Equal("x", created.Template["spec"]!["anything"]!["goes"]![2]!.GetValue<string>());
        Assert.True(created.RetainReplicas);
        Assert.Equal("FederatedResourceExists", (await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Resources.CreateAsync(draft, false, None))).Id);

        var edited = await fleet.Federation.Resources.EditAsync(type, draft.Key, resource => resource.PlacementClusters = ["one", "two"], dryRun: false, None);
        Assert.Equal(["one", "two"], edited.PlacementClusters);
        fleet.ClearCounts();
        await fleet.Federation.Resources.EditAsync(type, draft.Key, resource => resource.PlacementClusters = ["one", "two"], dryRun: false, None);
        Assert.Empty(fleet.Writes);
        await StatusKeepsEveryFieldAsync(fleet, edited);

        Assert.Equal(["web"], await NamesAsync(fleet, new FederatedQuery { Namespace = "flow-types-a", Name = "w?b" }));
        Assert.Equal(["web"], await NamesAsync(fleet, new FederatedQuery { Type = type, Namespace = "flow-types-a", Name = "web" }));
        Assert.Empty(await NamesAsync(fleet, new FederatedQuery { Namespace = "flow-types-a", Name = "other*" }));

        // It is a sync's to delete from the beginning, although there has been none.
        Assert.True(created.HasSyncFinalizer);
        await fleet.Federation.Resources.DeleteAsync(type, draft.Key, orphan: true, dryRun: false, None);
        Assert.True((await fleet.Federation.Resources.FindAsync(type, draft.Key, None))!.Object.IsDeleting);
        await fleet.Federation.Sync.RunAsync(new SyncRequest { Types = ["deployments.apps"] }, NullSink.Instance, None).ToListAsync(None);
        Assert.Null(await fleet.Federation.Resources.FindAsync(type, draft.Key, None));
    }

    [Fact]
    public async Task A_type_is_disabled_and_its_definition_goes_only_with_its_resources()
    {
        using var fleet = await InstalledAsync("flow-disable");
        var enabled = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "limitranges" }, NullSink.Instance, None);
        await EnsureNamespaceAsync(fleet.Host, "flow-disable-a");
        var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = enabled.Type, Key = new ObjectKey("flow-disable-a", "limits"), Template = [], Placement = PlacementSpec.All,
        });
        await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, None);

        var refused = await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "limitranges", DeleteCrd = true }, NullSink.Instance, None));
        Assert.Equal("FederatedResourcesExist", refused.Id);

        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "limits", Resources = ResourcePolicy.Release }, NullSink.Instance, None);
        Assert.Equal("TypeNotEnabled", (await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Types.ResolveAsync("limitranges", None))).Id);
        Assert.NotNull(await fleet.Federation.Resources.FindAsync(enabled.Type, draft.Key, None));

        await fleet.Host.DeleteAsync(enabled.Type.Federated, draft.Key, DeleteOptions.Default, None);
        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "limitranges", DeleteCrd = true }, NullSink.Instance, None);
        await EventuallyAsync(async () => await fleet.Host.FindAsync(
            KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped("federatedlimitranges.types.kubefed.io"), None) is null);
    }

    [Fact]
    public async Task A_live_object_becomes_a_federated_one_and_its_copies_are_read_from_all_members()
    {
        using var fleet = await InstalledAsync("flow-federate");
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "services" }, NullSink.Instance, None);
        await EnsureNamespaceAsync(fleet.Host, "flow-federate-a");
        var service = KubeObject.Create(KnownResources.Services, new ObjectKey("flow-federate-a", "db"));
        service.SetLabel("app", "db").SetAnnotation("owner", "me");
        service.Json["spec"] = JsonNode.Parse("""{"clusterIP":"None","selector":{"app":"db"},"ports":[{"port":5432}]}""");
        var live = await fleet.Host.CreateAsync(KnownResources.Services, service, WriteOptions.Default, None);

        var type = await fleet.Federation.Types.ResolveAsync("svc", None);
        var federated = await fleet.Federation.Resources.CreateAsync(fleet.Federation.Resources.FromTarget(type, live, PlacementSpec.All), dryRun: false, None);
        Assert.Equal("None", federated.Template!["spec"]!["clusterIP"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"labels":{"app":"db"},"annotations":{"owner":"me"}}"""), federated.Template["metadata"]));

        foreach (var settings in fleet.Clusters.Take(2))
        {
            await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        }

        var copies = await fleet.Federation.Resources.CopiesAsync(federated, null, None).ToListAsync(None);
        Assert.Equal(2, copies.Count);
        Assert.All(copies, copy => Assert.Null(copy.Error));
        Assert.Equal(live.Uid, copies.Single(copy => copy.Cluster == fleet.Clusters[0].Name).Object!.Uid);
        Assert.Null(copies.Single(copy => copy.Cluster == fleet.Clusters[1].Name).Object);
    }

    [Fact]
    public async Task Least_privilege_lets_the_enabled_types_be_written_and_nothing_else_P3()
    {
        using var fleet = await InstalledAsync("flow-least");
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);
        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings, LeastPrivilege = true }, NullSink.Instance, None);
        var member = await fleet.Federation.Members.ConnectAsync((await fleet.Federation.Clusters.FindAsync(settings.Name, None))!, None);

        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "least"));
        await member.ApplyAsync(KnownResources.ConfigMaps, map, new WriteOptions { FieldManager = "kubefed", Force = true }, None);
        await member.DeleteAsync(KnownResources.ConfigMaps, map.Key, DeleteOptions.Default, None);
        var secret = KubeObject.Create(KnownResources.Secrets, new ObjectKey("default", "least"));
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(
            () => member.CreateAsync(KnownResources.Secrets, secret, WriteOptions.Default, None))).IsForbidden);
        Assert.True((await Assert.ThrowsAsync<KubeApiException>(
            () => member.ListAsync(KnownResources.Secrets, new ListQuery(), None))).IsForbidden);

        // The role follows the enabled types, as soon as the member's authorizer has heard of it.
        fleet.Administered.Add(settings.Name);
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "secrets" }, NullSink.Instance, None);
        await EventuallyAsync(async () => await Record.ExceptionAsync(() => member.ListAsync(KnownResources.Secrets, new ListQuery(), None)) is null);
        await fleet.Federation.Types.DisableAsync(new DisableRequest { Name = "secrets" }, NullSink.Instance, None);
        await EventuallyAsync(async () =>
            await Record.ExceptionAsync(() => member.ListAsync(KnownResources.Secrets, new ListQuery(), None)) is KubeApiException { IsForbidden: true });

        // Such credentials cannot remove themselves; an administrator's can.
        Assert.Equal("ClusterNotCleaned", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name }, NullSink.Instance, None))).Id);
        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        using var admin = fleet.Factory.Create(settings);
        await NothingIsLeftAsync(fleet, admin, settings.Name);
    }

    [Fact]
    public async Task K_15_P_2_Credentials_are_renewed_and_the_old_ones_are_good_no_more()
    {
        using var fleet = await InstalledAsync("flow-renew");
        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        foreach (var lifetime in new TimeSpan?[] { null, null, TimeSpan.FromHours(1), null, Timeout.InfiniteTimeSpan })
        {
            var cluster = (await fleet.Federation.Clusters.FindAsync(settings.Name, None))!;
            var old = await fleet.Federation.Members.ConnectAsync(cluster, None);
            var longLived = (await fleet.Federation.Clusters.ExamineAsync(cluster, [], await fleet.Federation.ControlPlane.ReadConfigAsync(None), false, None)).CredentialsEnd is null;

            await fleet.Federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = settings.Name, TokenLifetime = lifetime }, NullSink.Instance, None);

            Assert.True((await fleet.Federation.Clusters.CheckAsync(cluster, Patient, record: false, None)).Ready);
            if (longLived)
            {
                // A server may remember for some seconds that a token was good.
                await EventuallyAsync(async () => await Record.ExceptionAsync(() => old.GetVersionAsync(None)) is KubeApiException { IsUnauthorized: true });
            }
        }

        var report = await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name }, NullSink.Instance, None);
        Assert.Empty(report.LeftBehind);
        using var admin = fleet.Factory.Create(settings);
        await NothingIsLeftAsync(fleet, admin, settings.Name);
    }

    [Fact]
    public async Task P_3_A_whole_sync_passes_with_least_privilege_and_what_is_not_enabled_is_refused()
    {
        const string Shop = "flow-rights-shop";
        using var fleet = await InstalledAsync("flow-rights");
        foreach (var name in new[] { "namespaces", "configmaps", "deployments.apps", "services" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var settings = fleet.Clusters[1];
        await fleet.Federation.Clusters.JoinAsync(
            new JoinRequest { Name = settings.Name, Member = settings, LeastPrivilege = true, TokenLifetime = TimeSpan.FromDays(1) }, NullSink.Instance, None);
        await MergeAsync(fleet, CoreResources.KubeFedConfigs, new ObjectKey("flow-rights", "kubefed"),
            """{"spec":{"featureGates":[{"name":"RawResourceStatusCollection","configuration":"Enabled"}]}}""");
        await MergeAsync(fleet, CoreResources.FederatedTypeConfigs, new ObjectKey("flow-rights", "deployments.apps"), """{"spec":{"statusCollection":"Enabled"}}""");
        using var admin = fleet.Factory.Create(settings);

        // Create: a namespace and what lives in it, with replicas that scheduling reads nodes and pods for.
        await EnsureNamespaceAsync(fleet.Host, Shop);
        await DeclareAsync(fleet, "namespaces", Shop, Shop, """{"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "configmaps", Shop, "web", """{"template":{"data":{"a":"1"}},"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "services", Shop, "web", """{"template":{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}},"placement":{"clusterSelector":{}}}""");
        await DeclareAsync(fleet, "deployments.apps", Shop, "web", """
            {"template":{"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
             "spec":{"containers":[{"name":"web","image":"pause","resources":{"requests":{"cpu":"10m"}}}]}}}},"placement":{"clusterSelector":{}}}
            """);
        var preference = KubeObject.Create(CoreResources.ReplicaSchedulingPreferences, new ObjectKey(Shop, "web"));
        preference.SetAnnotation("scheduling.kubefed.io/mode", "Fair");
        preference.Json["spec"] = JsonNode.Parse("""{"targetKind":"FederatedDeployment","totalReplicas":2}""");
        await fleet.Host.CreateAsync(CoreResources.ReplicaSchedulingPreferences, preference, WriteOptions.Default, None);
        await SyncedAsync(fleet, Shop);
        Assert.Equal("1", (await admin.GetAsync(KnownResources.ConfigMaps, new ObjectKey(Shop, "web"), None)).Json["data"]!["a"]!.GetValue<string>());
        Assert.NotNull(await admin.FindAsync(KnownResources.Services, new ObjectKey(Shop, "web"), None));
        Assert.Equal(2, (await admin.GetAsync(KnownResources.Deployments, new ObjectKey(Shop, "web"), None)).Spec!["replicas"]!.GetValue<int>());

        // Update, and the copies' status collected.
        var maps = await fleet.Federation.Types.ResolveAsync("configmaps", None);
        await MergeAsync(fleet, maps.Federated, new ObjectKey(Shop, "web"), """{"spec":{"template":{"data":{"a":"2"}}}}""");
        var deployments = await fleet.Federation.Types.ResolveAsync("deployments.apps", None);
        await EventuallyAsync(async () =>
        {
            await SyncedAsync(fleet, Shop);
            var stored = await fleet.Host.GetAsync(deployments.Federated, new ObjectKey(Shop, "web"), None);
            return stored.Status?["clusters"]?[0]?["remoteStatus"]?["observedGeneration"] is not null;
        });
        Assert.Equal("2", (await admin.GetAsync(KnownResources.ConfigMaps, new ObjectKey(Shop, "web"), None)).Json["data"]!["a"]!.GetValue<string>());

        // Everything else is refused with the very same credentials.
        var cluster = (await fleet.Federation.Clusters.FindAsync(settings.Name, None))!;
        var member = await fleet.Federation.Members.ConnectAsync(cluster, None);
        await RefusedAsync(() => member.CreateAsync(KnownResources.Secrets, KubeObject.Create(KnownResources.Secrets, new ObjectKey(Shop, "no")), WriteOptions.Default, None));
        await RefusedAsync(() => member.ListAsync(KnownResources.Secrets, new ListQuery { Namespace = "kube-system" }, None));
        await RefusedAsync(() => member.ListAsync(KnownResources.ClusterRoles, new ListQuery(), None));
        await RefusedAsync(() => member.DeleteAsync(KnownResources.Pods, new ObjectKey(Shop, "any"), DeleteOptions.Default, None));
        await RefusedAsync(() => MemberTokenAsync(member, "kube-system", "default"));
        await MemberTokenAsync(member, "flow-rights", $"{settings.Name}-{fleet.Clusters[0].Name}");
        await fleet.Federation.Clusters.RenewCredentialAsync(new RenewRequest { Name = settings.Name }, NullSink.Instance, None);

        // Delete: one resource, then the namespace with the rest.
        await fleet.Host.DeleteAsync(maps.Federated, new ObjectKey(Shop, "web"), DeleteOptions.Default, None);
        await SyncedAsync(fleet, Shop);
        Assert.Null(await admin.FindAsync(KnownResources.ConfigMaps, new ObjectKey(Shop, "web"), None));
        await fleet.Host.DeleteAsync(CoreResources.ReplicaSchedulingPreferences, preference.Key, DeleteOptions.Default, None);
        foreach (var (name, key) in new[] { ("deployments.apps", "web"), ("services", "web"), ("namespaces", Shop) })
        {
            await fleet.Host.DeleteAsync((await fleet.Federation.Types.ResolveAsync(name, None)).Federated, new ObjectKey(Shop, key), DeleteOptions.Default, None);
        }

        await EventuallyAsync(async () =>
        {
            await SyncedAsync(fleet, Shop);
            return await admin.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(Shop), None) is null;
        });
        await fleet.Host.DeleteAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(Shop), DeleteOptions.Default, None);
        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
        await NothingIsLeftAsync(fleet, admin, settings.Name);
    }

    [Fact]
    public async Task A_user_without_rights_is_told_before_anything_is_written_P17()
    {
        using var fleet = await InstalledAsync("flow-rights");
        var settings = fleet.Clusters[1];
        await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, None);
        await fleet.Federation.Clusters.JoinAsync(new JoinRequest { Name = settings.Name, Member = settings, LeastPrivilege = true }, NullSink.Instance, None);
        var cluster = (await fleet.Federation.Clusters.FindAsync(settings.Name, None))!;
        var narrow = (await fleet.Federation.Members.ConnectAsync(cluster, None)).Settings;
        fleet.ClearCounts();

        var error = await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.Clusters.JoinAsync(
            new JoinRequest { Name = "again", Member = narrow, AllowDuplicate = true }, NullSink.Instance, None));

        Assert.Equal("InsufficientPermission", error.Id);
        Assert.All(fleet.Writes, write => Assert.Contains("selfsubjectaccessreviews", write.Path, StringComparison.Ordinal));
        await fleet.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = settings.Name, Member = settings }, NullSink.Instance, None);
    }

    [Fact]
    public async Task A_namespace_is_federated_with_its_contents_and_the_control_plane_abandoned_afterwards()
    {
        using var fleet = await InstalledAsync("flow-contents");
        await EnsureNamespaceAsync(fleet.Host, "flow-contents-a");
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("flow-contents-a", "settings"));
        await fleet.Host.CreateAsync(KnownResources.ConfigMaps, map, WriteOptions.Default, None);
        foreach (var name in new[] { "namespaces", "configmaps" })
        {
            await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = name }, NullSink.Instance, None);
        }

        var request = new ContentsRequest { Namespace = "flow-contents-a", SkipTypes = ["secrets", "serviceaccounts"] };
        var items = await fleet.Federation.Resources.FromNamespaceAsync(request, None).Where(item => item.Resource is not null).ToListAsync(None);
        Assert.Equal(["flow-contents-a", "settings"], items.Select(item => item.Source.Name));
        foreach (var item in items)
        {
            await fleet.Federation.Resources.CreateAsync(item.Resource!, dryRun: false, None);
        }

        Assert.Equal("ControlPlaneInUse", (await Assert.ThrowsAsync<FederationException>(
            () => fleet.Federation.ControlPlane.UninstallAsync(new UninstallRequest(), NullSink.Instance, None))).Id);
        await fleet.Federation.ControlPlane.UninstallAsync(new UninstallRequest { Abandon = true }, NullSink.Instance, None);
        Assert.Equal("ControlPlaneNotFound", (await Assert.ThrowsAsync<FederationException>(() => fleet.Federation.ControlPlane.ReadConfigAsync(None))).Id);
        await EventuallyAsync(async () => await fleet.Host.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped("flow-contents"), None) is null or { IsDeleting: true });
    }

    [Fact]
    public async Task A_cable_cut_at_any_step_of_joining_or_leaving_is_mended_by_a_second_run_P5()
    {
        using var fleet = await InstalledAsync("flow-cut");
        var settings = fleet.Clusters[1] with { Timeout = TimeSpan.FromSeconds(2) };
        using var admin = fleet.Factory.Create(fleet.Clusters[1] with { Name = "admin" });
        var join = new JoinRequest { Name = settings.Name, Member = settings };
        var leave = new LeaveRequest { Name = settings.Name, Member = settings };
        var (joinCuts, leaveCuts) = (0, 0);

        // A namespace that is there already is not made and not removed, and so need not be waited for each time; real servers take seconds to remove one.
        await EnsureNamespaceAsync(admin, "flow-cut");

        for (var requests = 0; await FailsAsync(() => fleet.Federation.Clusters.JoinAsync(join, NullSink.Instance, None), requests); requests++)
        {
            joinCuts++;
            Assert.True((await fleet.Federation.Clusters.JoinAsync(join, NullSink.Instance, None)).Cluster.Ready);
            Assert.Empty((await fleet.Federation.Clusters.LeaveAsync(leave, NullSink.Instance, None)).LeftBehind);
            await NothingIsLeftAsync(fleet, admin, settings.Name, keepsNamespace: true);
        }

        for (var requests = 0; await FailsAsync(() => fleet.Federation.Clusters.LeaveAsync(leave, NullSink.Instance, None), requests); requests++)
        {
            leaveCuts++;
            await fleet.Federation.Clusters.LeaveAsync(leave, NullSink.Instance, None);
            await NothingIsLeftAsync(fleet, admin, settings.Name, keepsNamespace: true);
            await fleet.Federation.Clusters.JoinAsync(join, NullSink.Instance, None);
        }

        // Each looks at six objects at least, so that many places to break off.
        Assert.True(joinCuts > 6 && leaveCuts > 6, $"{joinCuts} and {leaveCuts}");
        await NothingIsLeftAsync(fleet, admin, settings.Name, keepsNamespace: true);

        async Task<bool> FailsAsync(Func<Task> act, int requests)
        {
            fleet.Cut.After(requests, settings.Server);
            try
            {
                await act();
                return false;
            }
            catch (FederationException)
            {
                return true;
            }
            finally
            {
                fleet.Cut.Heal();
            }
        }
    }

    [Fact]
    public async Task P_121_P_50_Types_of_equal_plural_are_enabled_beside_each_other_and_disabled_without_a_trace()
    {
        using var fleet = await InstalledAsync("flow-collide");
        await EnsureNamespaceAsync(fleet.Host, "flow-collide-a");
        foreach (var group in new[] { "one.example.io", "two.example.io" })
        {
            await fleet.Host.CreateAsync(KnownResources.CustomResourceDefinitions, Widgets(group), WriteOptions.Default, None);
        }

        await EventuallyAsync(async () =>
        {
            fleet.Host.Discovery.Invalidate();
            var served = (await fleet.Host.Discovery.GetAllAsync(None)).Resources;
            return served.Count(resource => resource.Plural == "widgets") == 2;
        });
        var first = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "widgets.one.example.io" }, NullSink.Instance, None);
        var second = await fleet.Federation.Types.EnableAsync(new EnableRequest { Name = "widgets.two.example.io" }, NullSink.Instance, None);

        Assert.Equal("federatedwidgets.types.kubefed.io", first.Type.Federated.QualifiedName);
        Assert.Equal("federatedwidgets.two-example-io.types.kubefed.io", second.Type.Federated.QualifiedName);
        var role = await fleet.Host.GetAsync(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("kubefed-edit:two-example-io.types.kubefed.io"), None);
        Assert.Equal("true", role.Labels["rbac.authorization.k8s.io/aggregate-to-edit"]);
        foreach (var type in new[] { first.Type, second.Type })
        {
            var draft = fleet.Federation.Resources.Draft(new NewFederatedResource
            {
                Type = type, Key = new ObjectKey("flow-collide-a", "w"), Template = [], Placement = PlacementSpec.All,
            });
            await fleet.Federation.Resources.CreateAsync(draft, dryRun: false, None);
            var request = new DisableRequest { Name = type.Name, Resources = ResourcePolicy.Delete, DeleteCrd = true };
            await fleet.Federation.Types.DisableAsync(request, NullSink.Instance, None);
            Assert.Null(await fleet.Host.FindAsync(type.Federated, draft.Key, None));
        }

        Assert.Null(await fleet.Host.FindAsync(KnownResources.ClusterRoles, role.Key, None));
        Assert.Empty(await fleet.Federation.Types.ListAsync(None));

        static KubeObject Widgets(string group) => KubeObject.Parse($$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.{{group}}"},
             "spec":{"group":"{{group}}","scope":"Namespaced","names":{"kind":"Widget","plural":"widgets"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }
            """);
    }

    protected async Task<Fleet> InstalledAsync(string systemNamespace, ControlPlaneScope scope = ControlPlaneScope.Cluster)
    {
        var fleet = await StartAsync(systemNamespace);
        await fleet.Federation.ControlPlane.InstallAsync(new InstallRequest { Scope = scope }, NullSink.Instance, None);
        return fleet;
    }

    protected static async Task NothingIsLeftAsync(Fleet fleet, IKubeClient member, string cluster, bool keepsNamespace = false)
    {
        var systemNamespace = fleet.Federation.SystemNamespace;
        var isHost = cluster == fleet.Clusters[0].Name;
        var account = $"{cluster}-{fleet.Clusters[0].Name}";
        await EventuallyAsync(async () =>
        {
            var roles = await member.ListAsync(KnownResources.ClusterRoles, new ListQuery(), None);
            var bindings = await member.ListAsync(KnownResources.ClusterRoleBindings, new ListQuery(), None);
            return (isHost || keepsNamespace || await member.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(systemNamespace), None) is null or { IsDeleting: true })
                && await member.FindAsync(KnownResources.ServiceAccounts, new ObjectKey(systemNamespace, account), None) is null
                && await member.FindAsync(KnownResources.Secrets, new ObjectKey(systemNamespace, account), None) is null
                && !roles.Items.Concat(bindings.Items).Any(item =>
                    item.Annotation("kubefed.io/created-by-join")?.StartsWith(systemNamespace + "/", StringComparison.Ordinal) == true);
        });
        Assert.Null(await fleet.Federation.Clusters.FindAsync(cluster, None));
        // Where the host is the member, a token its own controller made for the account goes when that controller comes to it.
        await EventuallyAsync(async () => !(await SecretsAsync()).Any(IsOfCluster));
        Assert.DoesNotContain(await SecretsAsync(), IsOfCluster);

        async Task<IReadOnlyList<KubeObject>> SecretsAsync() =>
            (await fleet.Host.ListAsync(KnownResources.Secrets, new ListQuery { Namespace = systemNamespace }, None)).Items;

        bool IsOfCluster(KubeObject secret) => secret.Name.StartsWith(cluster + "-", StringComparison.Ordinal);
    }

    /// <summary>Waits for the controllers of a cluster; 20 s are plenty, and running out fails the test by what is asserted, not by time.</summary>
    protected static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(100, None);
        }

        Assert.Fail("What the clusters were waited for did not come true.");
    }

    private static async Task RefusedAsync(Func<Task> request) => Assert.True((await Assert.ThrowsAsync<KubeApiException>(request)).IsForbidden);

    private static Task<KubeObject> MemberTokenAsync(IKubeClient member, string @namespace, string account) => member.PostSubresourceAsync(
        KnownResources.ServiceAccounts,
        new ObjectKey(@namespace, account),
        "token",
        KubeObject.Parse("""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}"""),
        None);

    private static async Task MergeAsync(Fleet fleet, ApiResource resource, ObjectKey key, string patch) =>
        await fleet.Host.PatchAsync(resource, key, KubePatch.Merge(JsonNode.Parse(patch)!.AsObject()), WriteOptions.Default, None);

    private static async Task DeclareAsync(Fleet fleet, string type, string @namespace, string name, string spec)
    {
        var federated = KubeObject.Create((await fleet.Federation.Types.ResolveAsync(type, None)).Federated, new ObjectKey(@namespace, name));
        federated.Json["spec"] = JsonNode.Parse(spec);
        await fleet.Host.CreateAsync((await fleet.Federation.Types.ResolveAsync(type, None)).Federated, federated, WriteOptions.Default, None);
    }

    /// <summary>A sync of one namespace in which nothing failed; other flows leave theirs on the same servers.</summary>
    private static async Task SyncedAsync(Fleet fleet, string @namespace)
    {
        var sink = new Complaints();
        var outcomes = await fleet.Federation.Sync.RunAsync(new SyncRequest { Namespaces = [@namespace] }, sink, None).ToListAsync(None);
        Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, $"{outcome.Resource} in {outcome.Cluster}: {outcome.Reason} {outcome.Message}"));
        Assert.Empty(sink.Heard);
    }

    /// <summary>Keeps warnings and errors.</summary>
    private sealed class Complaints : IEngineSink
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Heard { get; } = new();

        public void Verbose(string message)
        {
        }

        public void Warning(string message) => Heard.Enqueue(message);

        public void Progress(EngineProgress progress)
        {
        }

        public void Error(FederationException error) => Heard.Enqueue(error.Message);
    }

    private static async Task EnsureNamespaceAsync(IKubeClient client, string name)
    {
        if (await client.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(name), None) is null)
        {
            await client.CreateAsync(KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(name)), WriteOptions.Default, None);
        }
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(Fleet fleet, FederatedQuery query) =>
        [.. (await fleet.Federation.Resources.ListAsync(query, None).ToListAsync(None)).Select(resource => resource.Key.Name)];

    private static async Task StatusKeepsEveryFieldAsync(Fleet fleet, FederatedResource resource)
    {
        var status = JsonNode.Parse("""
            {"observedGeneration":1,
             "conditions":[{"type":"Propagation","status":"True","lastUpdateTime":"2024-05-01T10:00:00Z","lastTransitionTime":"2024-05-01T10:00:00Z"}],
             "clusters":[{"name":"one","status":"UpdateFailed","message":"why","lastTransitionTime":"2024-05-01T10:00:00Z","observedVersion":"gen:1","appliedHash":"abc",
                          "remoteStatus":{"free":{"form":true}}}]}
            """)!;
        var options = new WriteOptions { Subresource = "status", FieldManager = "test" };
        await fleet.Host.PatchAsync(
            resource.Type.Federated, resource.Key, KubePatch.Merge(new JsonObject { ["status"] = status.DeepClone() }), options, None);
        var stored = await fleet.Host.GetAsync(resource.Type.Federated, resource.Key, None);
        Assert.True(JsonNode.DeepEquals(status, stored.Status), stored.Status?.ToJsonString());
    }
}
