using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>Two hosts that share a member: each leaves alone what the other put there, and says so where both want the same object.</summary>
public class TwoFederationsTests
{
    private const string InC1 = "{'template':{'data':{'a':'1'}},'placement':{'clusters':[{'name':'c1'}]}}";
    private const string TheirsInC1 = "{'template':{'data':{'a':'2','b':'2'}},'placement':{'clusters':[{'name':'c1'}]}}";

    [Fact]
    public async Task P_37_Neither_federation_takes_the_label_off_what_the_other_put_into_a_member_they_share()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await Rival.StartAsync(bed, "c2", "c1");
        await bed.DeclareAsync("configmaps", "web", InC1);
        await bed.SyncAsync();
        bed.Clear();

        await rival.SyncAsync();

        Assert.Empty(bed.Writes);
        Assert.Equal("true", (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task Every_copy_says_whose_it_is_and_one_request_a_run_is_all_it_costs()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "a", InC1);
        await bed.DeclareAsync("configmaps", "b", InC1);
        await bed.SyncAsync();
        var anchor = await bed.Admin("host").GetAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped("kube-system"), default);
        var expected = $"{anchor.Uid}/{bed.Federation.SystemNamespace}";
        Assert.Equal(expected, (await bed.MapAsync("c1", "a"))!.Annotation(KubeFedNames.FederationAnnotation));
        Assert.Equal(expected, (await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1"))!.Annotation(KubeFedNames.FederationAnnotation));

        bed.Clear();
        await bed.SyncAsync();
        Assert.Equal(1, bed.Wire("host").Count(pathPart: "/namespaces/kube-system"));
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Where_both_want_one_object_the_first_keeps_it_and_the_second_is_told_whose_it_is_and_what_to_do()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        var theirs = (await bed.MapAsync("c1"))!.Annotation(KubeFedNames.FederationAnnotation)!;
        bed.Clear();

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true });
        var outcomes = await bed.SyncAsync();

        foreach (var outcome in new[] { planned, outcomes }.Select(run => run.Single(o => o is { Cluster: "c1", Resource.Name: "web" })))
        {
            Assert.Equal((PlanAction.Error, PropagationReason.OwnedByOtherFederation), (outcome.Action, outcome.Reason));
            Assert.Contains(theirs, outcome.Message, StringComparison.Ordinal);
            Assert.Contains("field manager kubefed", outcome.Message, StringComparison.Ordinal);
            Assert.Contains("that federation wrote it at 2", outcome.Message, StringComparison.Ordinal);
            Assert.Contains("Invoke-KubeFedSync -TakeOver", outcome.Message, StringComparison.Ordinal);
        }

        Assert.Equal("False/CheckClusters c1=OwnedByOtherFederation", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("{\"a\":\"2\",\"b\":\"2\"}", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        Assert.DoesNotContain(bed.Writes, w => w.StartsWith("c1", StringComparison.Ordinal));
        bed.Clear();
        await bed.SyncAsync();
        await rival.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task Deleting_or_orphaning_a_resource_leaves_the_others_object_alone_and_does_not_wait_for_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        foreach (var annotation in new[] { null, KubeFedNames.OrphanAnnotation })
        {
            await bed.SyncAsync();
            bed.Clear();
            await bed.DeleteAsync("configmaps", "web", annotation);
            await bed.SyncAsync();
            Assert.Null(await bed.FederatedAsync("configmaps", "web"));
            Assert.DoesNotContain(bed.Writes, w => w.StartsWith("c1", StringComparison.Ordinal));
            await bed.DeclareAsync("configmaps", "web", InC1);
        }

        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[]}}}");
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Resource.Name: "web" });
        Assert.Equal((PlanAction.Skip, PropagationReason.OwnedByOtherFederation), (outcome.Action, outcome.Reason));
        Assert.Equal("True", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("true", (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task A_namespace_that_both_federate_is_the_firsts_and_the_content_of_the_second_goes_into_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await Rival.StartAsync(bed, "c2", "c1");
        await rival.DeclareAsync("namespaces", "ns1", "{'placement':{'clusters':[{'name':'c1'}]}}");
        await rival.DeclareAsync("configmaps", "own", TheirsInC1);
        var outcomes = await rival.SyncAsync();
        var space = outcomes.Single(o => o is { Cluster: "c1", Type.IsNamespaceType: true });
        Assert.Equal((PlanAction.Skip, PropagationReason.OwnedByOtherFederation, true), (space.Action, space.Reason, space.Succeeded));
        Assert.Contains("what is in it is propagated all the same", space.Message, StringComparison.Ordinal);
        Assert.NotNull(await bed.MapAsync("c1", "own"));
        await rival.DeleteAsync("namespaces", "ns1");
        await rival.SyncAsync();
        Assert.Null(await rival.FederatedAsync("namespaces", "ns1"));
        Assert.False((await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1"))!.IsDeleting);
    }

    [Fact]
    public async Task When_the_first_lets_go_the_second_follows()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        await bed.SyncAsync();
        await rival.DeleteAsync("configmaps", "web");
        await rival.SyncAsync();
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("{\"a\":\"1\"}", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        await rival.DeclareAsync("configmaps", "web", TheirsInC1);
        await rival.SyncAsync();
        Assert.Equal(PropagationReason.OwnedByOtherFederation, (await rival.RecordAsync("configmaps", "web", "c1"))!.Reason);
    }

    [Fact]
    public async Task P_56_Copies_are_handed_over_to_a_host_that_was_built_anew_when_it_asks_for_them()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        await bed.SyncAsync();
        bed.Clear();

        var planned = await bed.SyncAsync(new SyncRequest { DryRun = true, TakeOver = true });
        Assert.Empty(bed.Writes);
        var outcomes = await bed.SyncAsync(new SyncRequest { TakeOver = true });

        foreach (var run in new[] { planned, outcomes })
        {
            var taken = run.Single(o => o is { Cluster: "c1", Resource.Name: "web" });
            Assert.Equal((PlanAction.Adopt, true), (taken.Action, taken.Succeeded));
            Assert.StartsWith("taken over from federation ", taken.Message, StringComparison.Ordinal);
        }

        // Fields of the former owner go away, because both applied as one manager.
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("{\"a\":\"1\"}", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await rival.SyncAsync();
        Assert.Equal(PropagationReason.OwnedByOtherFederation, (await rival.RecordAsync("configmaps", "web", "c1"))!.Reason);
    }

    [Fact]
    public async Task P_56_What_another_federation_left_in_a_member_is_listed_for_those_who_ask()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        await rival.DeclareAsync("configmaps", "left", TheirsInC1);
        await rival.SyncAsync();
        bed.Details.Clear();
        await bed.SyncAsync();
        var identity = await FederationIdentity.ReadAsync(rival.Federation.Host, rival.Federation.SystemNamespace, default);
        Assert.Equal(
            [$"Cluster c1 holds configmaps of federation {identity} that this one does not declare: ns1/left"],
            bed.Details.Where(text => text.Contains("federation", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task P_56_Taking_over_deletes_nothing_of_the_other_federation()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'placement':{'clusters':[]}}}");
        bed.Clear();
        await bed.SyncAsync(new SyncRequest { TakeOver = true });
        Assert.DoesNotContain(bed.Writes, w => w.StartsWith("c1", StringComparison.Ordinal) && w.Contains("configmaps", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_of_the_other_between_our_list_and_our_write_is_met_not_run_over()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await Rival.StartAsync(bed, "c2", "c1");
        await bed.DeclareAsync("configmaps", "web", InC1);
        await bed.SyncAsync();
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'3'}}}}");
        var once = 0;
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch && Interlocked.Exchange(ref once, 1) == 0)
                {
                    bed.EditAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'annotations':{'kubefed.io/federation':'x/y'}}}").Wait();
                }

                return false;
            },
            TestSupport.Transport.Fault.Hang);
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Resource.Name: "web" });
        Assert.Equal(PropagationReason.OwnedByOtherFederation, outcome.Reason);
        Assert.Equal("{\"a\":\"1\"}", (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task P_32_What_another_federation_keeps_in_a_namespace_is_not_ours_to_delete_with_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "theirs",
            "{'metadata':{'labels':{'kubefed.io/managed':'true'},'annotations':{'kubefed.io/federation':'x/y'}}}");
        await bed.ChangeAsync("namespaces", "ns1", "{'spec':{'placement':{'clusterSelector':null,'clusters':[{'name':'c2'}]}}}");
        await bed.SyncAsync();
        Assert.NotNull(await bed.MapAsync("c1", "theirs"));
        Assert.Equal(PropagationReason.DeletionFailed, (await bed.StatusAsync("namespaces", "ns1")).Find("c1")!.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_namespace_that_another_federation_has_copies_in_is_left_to_it_when_its_FederatedNamespace_is_deleted(bool disturbed)
    {
        await using var bed = await FederationBed.StartAsync(members: 2);
        await bed.FederateNamespaceAsync("ns1", "{'clusters':[{'name':'c1'}]}");
        await bed.SyncAsync();
        using var rival = await Rival.StartAsync(bed, "c2", "c1");
        await rival.DeclareAsync("namespaces", "ns1", "{'placement':{'clusters':[{'name':'c1'}]}}");
        await rival.DeclareAsync("configmaps", "theirs", TheirsInC1);
        await rival.SyncAsync();
        await bed.DeleteAsync("namespaces", "ns1");
        var once = disturbed ? 0 : 1;
        bed.Faults("c1").When(
            request =>
            {
                if (request.Method == HttpMethod.Patch && Interlocked.Exchange(ref once, 1) == 0)
                {
                    bed.EditAsync("c1", KnownResources.Namespaces, "ns1", "{'metadata':{'annotations':{'a':'b'}}}").Wait();
                }

                return false;
            },
            TestSupport.Transport.Fault.Hang);

        var planned = (await bed.SyncAsync(new SyncRequest { DryRun = true })).Single(o => o is { Cluster: "c1", Type.IsNamespaceType: true });
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Type.IsNamespaceType: true });

        foreach (var told in new[] { planned, outcome })
        {
            Assert.Equal(PlanAction.Unmanage, told.Action);
            Assert.Contains("copies of another federation (ConfigMap theirs) and is left to it", told.Message, StringComparison.Ordinal);
        }

        Assert.Null(await bed.FederatedAsync("namespaces", "ns1"));
        var space = (await bed.CopyAsync("c1", KnownResources.Namespaces, "ns1"))!;
        Assert.False(space.IsDeleting);
        Assert.NotNull(await bed.MapAsync("c1", "theirs"));

        await rival.SyncAsync();
        Assert.Equal(PropagationReason.Ok, (await rival.RecordAsync("namespaces", "ns1", "c1"))!.Reason);
    }

    [Theory]
    [InlineData(LeavePolicy.Orphan)]
    [InlineData(LeavePolicy.Delete)]
    public async Task P_14_A_cluster_that_leaves_one_federation_keeps_what_the_other_put_there(LeavePolicy policy)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        using var rival = await ContestAsync(bed);
        await bed.DeclareAsync("configmaps", "own", InC1);
        await bed.SyncAsync();
        await bed.Federation.Clusters.LeaveAsync(new LeaveRequest { Name = "c1", Policy = policy }, bed, default);
        Assert.Equal("true", (await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
        var own = await bed.MapAsync("c1", "own");
        Assert.Equal(policy == LeavePolicy.Orphan, own is not null);
        Assert.Null(own?.Label(KubeFedNames.ManagedLabel));
        Assert.Null(own?.Annotation(KubeFedNames.FederationAnnotation));
    }

    [Fact]
    public async Task A_copy_without_the_mark_is_ours_and_is_not_sent_again_for_its_sake()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", InC1);
        await bed.SyncAsync();

        // As an earlier release left it: applied by us, recorded, unmarked.
        var copy = (await bed.MapAsync("c1"))!;
        var value = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "ns1", ["labels"] = new JsonObject { [KubeFedNames.ManagedLabel] = "true" } },
            ["data"] = copy.Json["data"]!.DeepClone(),
        };
        copy = await bed.Admin("c1").ApplyAsync(
            KnownResources.ConfigMaps, new KubeObject(value), new WriteOptions { FieldManager = KubeFedNames.FieldManager, Force = true }, default);
        Assert.Null(copy.Annotation(KubeFedNames.FederationAnnotation));
        var type = await bed.TypeAsync("configmaps");
        var federated = (await bed.FederatedAsync("configmaps", "web"))!;
        var status = PropagationStatus.Read(federated);
        var observed = Engine.Propagation.Planning.MemberVersion.Of(copy).Observed;
        status = status with { Clusters = [status.Find("c1")! with { ObservedVersion = observed }] };
        await bed.Admin("host").PatchAsync(type.Federated, federated.Key, KubePatch.Merge(new JsonObject { ["status"] = status.ToJson(federated) }),
            new WriteOptions { FieldManager = KubeFedNames.FieldManager, Subresource = "status" }, default);
        bed.Clear();

        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'9'}}}}");
        await bed.SyncAsync();
        Assert.NotNull((await bed.MapAsync("c1"))!.Annotation(KubeFedNames.FederationAnnotation));
    }

    [Fact]
    public async Task A_host_that_does_not_tell_who_it_is_costs_the_detection_and_nothing_else()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", InC1);
        bed.Faults("host").When(
            r => r.RequestUri!.AbsolutePath.EndsWith("/namespaces/kube-system", StringComparison.Ordinal),
            TestSupport.Transport.Fault.Refuse(System.Net.HttpStatusCode.Forbidden, "Forbidden"));
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Contains(bed.Warnings, w => w.Contains("kube-system could not be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_KubeFed_controller_that_still_writes_the_copies_is_named()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", InC1);
        await bed.SyncAsync();
        Assert.Empty(bed.Warnings);

        // The controller finds the copy gone before we do, and makes it anew.
        await bed.Admin("c1").DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("ns1", "web"), DeleteOptions.Default, default);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'data':{'a':'1'}}", manager: "hyperfed");
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Resource.Name: "web" });

        Assert.True(outcome.Succeeded);
        Assert.Contains("hyperfed has written the managed label", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(bed.Warnings, w => w.Contains("hyperfed", StringComparison.Ordinal) && w.Contains("c1", StringComparison.Ordinal));
        bed.Warnings.Clear();
        bed.Clear();
        Assert.Equal(string.Empty, (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Resource.Name: "web" }).Message);
        Assert.Empty(bed.Writes);
        Assert.Empty(bed.Warnings);
    }

    /// <summary>ns1 and web in c1 are the rival's; the bed declares a web for c1 too, and has not synchronised yet.</summary>
    private static async Task<Rival> ContestAsync(FederationBed bed)
    {
        var rival = await Rival.StartAsync(bed, "c2", "c1");
        await rival.DeclareAsync("namespaces", "ns1", "{'placement':{'clusters':[{'name':'c1'}]}}");
        await rival.DeclareAsync("configmaps", "web", TheirsInC1);
        await rival.SyncAsync();
        Assert.NotNull((await rival.RecordAsync("configmaps", "web", "c1"))!.AppliedHash);
        await bed.DeclareAsync("configmaps", "web", InC1);
        bed.Clear();
        return rival;
    }
}
