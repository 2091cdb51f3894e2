using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What becomes of objects that members hold before anybody federates their name.</summary>
public class AdoptionTests
{
    private const string InC1 = "{'template':{'data':{'a':'1','b':'2'}},'placement':{'clusters':[{'name':'c1'}]}}";

    [Theory]
    [InlineData(true, "Abort")]
    [InlineData(false, "Abort")]
    [InlineData(false, null)]
    public async Task P_47_Abort_leaves_an_existing_object_alone_whatever_the_configuration_says(bool adopt, string? policy)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await DeclareAsync(bed, policy);
        bed.Clear();

        var outcome = (await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] })).Single(o => o.Cluster == "c1");

        Assert.Equal((PlanAction.Error, PropagationReason.AlreadyExists), (outcome.Action, outcome.Reason));
        Assert.Contains(policy is null ? "adoptResources: Disabled" : $"kubefed.io/adoption-policy={policy}", outcome.Message, StringComparison.Ordinal);
        Assert.Equal("{\"a\":\"old\"}", await DataAsync(bed));
        Assert.Null((await bed.MapAsync("c1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Theory]
    [InlineData("Adopt")]
    [InlineData("AdoptIfIdentical")]
    public async Task An_annotation_never_widens_what_the_configuration_allows_and_an_administrator_takes_over_by_name(string policy)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt: false);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'1','b':'2'}}");
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "other", "{'data':{'a':'1','b':'2'}}");
        await DeclareAsync(bed, policy);
        var before = (await bed.MapAsync("c1"))!.Json.ToJsonString();

        var outcome = (await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] })).Single(o => o.Cluster == "c1");
        Assert.Equal((PlanAction.Error, PropagationReason.AlreadyExists), (outcome.Action, outcome.Reason));
        Assert.Contains(
            $"adoptResources: Disabled, which annotation kubefed.io/adoption-policy={policy} can't widen", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("Invoke-KubeFedSync -TakeOver", outcome.Message, StringComparison.Ordinal);
        await bed.DeleteAsync("configmaps", "web");
        await bed.SyncAsync();
        Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        Assert.Equal(before, (await bed.MapAsync("c1"))!.Json.ToJsonString());

        await DeclareAsync(bed, policy);
        await bed.DeclareAsync("configmaps", "other", InC1);
        await bed.ChangeAsync("configmaps", "other", "{'metadata':{'annotations':{'kubefed.io/adoption-policy':'Abort'}}}");
        var taken = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"], TakeOver = true });
        Assert.True(taken.Single(o => o is { Cluster: "c1", Resource.Name: "web" }) is { Action: PlanAction.Adopt, Written: true });
        Assert.Equal(PropagationReason.AlreadyExists, taken.Single(o => o is { Cluster: "c1", Resource.Name: "other" }).Reason);
    }

    [Fact]
    public async Task Taking_over_adopts_what_the_configuration_alone_refuses_and_no_other_sync_does()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt: false);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await DeclareAsync(bed, policy: null);
        await bed.SyncAsync();
        Assert.Equal("False/CheckClusters c1=AlreadyExists", await bed.BriefAsync("configmaps", "web"));
        await bed.SyncAsync(new SyncRequest { TakeOver = true });
        Assert.Equal("True c1=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Theory]
    [InlineData(true, "Adopt")]
    [InlineData(true, null)]
    public async Task P_47_Adopt_takes_an_object_over_and_tells_what_changed_in_it(bool adopt, string? policy)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1, adopt);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old','mine':'x'}}", manager: "kubectl-create");
        await DeclareAsync(bed, policy);

        var planned = (await bed.SyncAsync(new SyncRequest { Types = ["configmaps"], DryRun = true })).Single(o => o.Cluster == "c1");
        var outcome = (await bed.SyncAsync()).Single(o => o is { Cluster: "c1", Resource.Name: "web" });

        Assert.Equal((PlanAction.Adopt, true), (outcome.Action, outcome.Written));
        Assert.Contains("written by kubectl-create", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("/data/a was \"old\" and is now \"1\"", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("/data/b was absent and is now \"2\"", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((PlanAction.Adopt, false), (planned.Action, planned.Written));
        Assert.Contains("/data/a is \"old\" and should be \"1\", /data/b is absent and should be \"2\"", planned.Message, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(Make.Json("{'a':'1','b':'2','mine':'x'}"), (await bed.MapAsync("c1"))!.Json["data"]));

        // What was told once is no news: it is not kept on record, and the next sync has nothing to write.
        Assert.Equal(string.Empty, (await bed.StatusAsync("configmaps", "web")).Find("c1")!.Message);
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);
    }

    [Fact]
    public async Task P_47_AdoptIfIdentical_takes_over_what_is_as_declared_and_refuses_the_rest_with_the_fields_that_differ()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'1','b':'2','mine':'x'}}");
        await bed.PutAsync("c2", KnownResources.ConfigMaps, "web", "{'data':{'a':'1','b':'3','mine':'x'}}");
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1','b':'2'}},'placement':{'clusterSelector':{}}}");
        await bed.ChangeAsync("configmaps", "web", "{'metadata':{'annotations':{'kubefed.io/adoption-policy':'AdoptIfIdentical'}}}");
        bed.Clear();

        var planned = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"], DryRun = true });
        Assert.Empty(bed.Writes);
        var outcomes = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });

        Assert.Equal("False/CheckClusters c1=Ok c2=AlreadyExists", await bed.BriefAsync("configmaps", "web"));
        foreach (var run in new[] { planned, outcomes })
        {
            var taken = run.Single(o => o.Cluster == "c1");
            var refused = run.Single(o => o.Cluster == "c2");
            Assert.Equal((PlanAction.Adopt, true), (taken.Action, taken.Succeeded));
            Assert.Equal((PlanAction.Error, false), (refused.Action, refused.Succeeded));
            Assert.Contains("/data/b is \"3\" and should be \"2\"", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("/data/a", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("{\"a\":\"1\",\"b\":\"3\",\"mine\":\"x\"}", (await bed.MapAsync("c2"))!.Json["data"]!.ToJsonString());
        bed.Clear();
        await bed.SyncAsync();
        Assert.Empty(bed.Writes);

        await bed.EditAsync("c2", KnownResources.ConfigMaps, "web", "{'data':{'b':'2'}}");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok c2=Ok", await bed.BriefAsync("configmaps", "web"));
    }

    [Fact]
    public async Task P_47_What_only_the_member_knows_to_be_the_same_is_asked_of_the_member()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        const string port = "'selector':{'a':'b'},'ports':[{'name':'http','port':80}]";
        await bed.PutAsync("c1", KnownResources.Services, "web", "{'spec':{'selector':{'a':'b'},'ports':[{'name':'own','port':81},{'name':'http','port':80}]}}");
        await bed.DeclareAsync("services", "web", $"{{'template':{{'spec':{{{port}}}}},'placement':{{'clusterSelector':{{}}}}}}");
        await bed.ChangeAsync("services", "web", "{'metadata':{'annotations':{'kubefed.io/adoption-policy':'AdoptIfIdentical'}}}");

        var outcome = (await bed.SyncAsync(new SyncRequest { Types = ["services"] })).Single(o => o.Cluster == "c1");

        Assert.True(outcome is { Action: PlanAction.Adopt, Written: true }, outcome.Message);
        Assert.Equal(2, (await bed.CopyAsync("c1", KnownResources.Services, "web"))!.Spec!["ports"]!.AsArray().Count);
    }

    [Fact]
    public async Task P_47_The_values_of_a_secret_that_differs_are_never_shown()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.Secrets, "key", "{'data':{'password':'aHVudGVyMg=='}}");
        await bed.DeclareAsync("secrets", "key", "{'template':{'data':{'password':'Y29ycmVjdA=='}},'placement':{'clusterSelector':{}}}");
        await bed.ChangeAsync("secrets", "key", "{'metadata':{'annotations':{'kubefed.io/adoption-policy':'AdoptIfIdentical'}}}");
        var outcome = (await bed.SyncAsync(new SyncRequest { Types = ["secrets"] })).Single(o => o.Cluster == "c1");
        Assert.Contains("/data/password is a value that is not shown", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVudGVyMg", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Y29ycmVjdA", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adopt")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("Adopt,Abort")]
    public async Task P_47_An_unknown_policy_adopts_nothing_and_names_annotation_value_and_choices(string policy)
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'old'}}");
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}");
        await bed.ChangeAsync("configmaps", "web", $"{{'metadata':{{'annotations':{{'kubefed.io/adoption-policy':'{policy}'}}}}}}");

        var outcomes = await bed.SyncAsync(new SyncRequest { Types = ["configmaps"] });

        Assert.Equal("False/CheckClusters c1=AlreadyExists c2=Ok", await bed.BriefAsync("configmaps", "web"));
        Assert.Equal("{\"a\":\"old\"}", await DataAsync(bed));
        var expected = $"annotation kubefed.io/adoption-policy is '{policy}'; it must be Adopt, Abort or AdoptIfIdentical";
        Assert.Contains(expected, outcomes.Single(o => o.Cluster == "c1").Message, StringComparison.Ordinal);
        Assert.Contains(bed.Warnings, w => w.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Abort")]
    [InlineData("nonsense")]
    public async Task S_49_P_47_The_hosts_own_namespace_is_adopted_whatever_the_policy(string policy)
    {
        await using var bed = await FederationBed.StartAsync(members: 1, adopt: false, hostIsMember: true);
        await bed.FederateNamespaceAsync("ns1");
        await bed.ChangeAsync("namespaces", "ns1", $"{{'metadata':{{'annotations':{{'kubefed.io/adoption-policy':'{policy}'}}}}}}");
        await bed.SyncAsync();
        Assert.Equal("True c1=Ok host=Ok", await bed.BriefAsync("namespaces", "ns1"));
        Assert.Equal("true", (await bed.CopyAsync("host", KnownResources.Namespaces, "ns1"))!.Label(KubeFedNames.ManagedLabel));
    }

    [Fact]
    public async Task P_48_Opting_out_is_honoured_by_every_policy()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'metadata':{'labels':{'kubefed.io/managed':'false'}},'data':{'a':'1','b':'2'}}");
        foreach (var policy in KubeFed.Engine.Propagation.Planning.AdoptionRule.Choices)
        {
            await bed.DeclareAsync("configmaps", "web", InC1);
            await bed.ChangeAsync("configmaps", "web", $"{{'metadata':{{'annotations':{{'kubefed.io/adoption-policy':'{policy}'}}}}}}");
            await bed.SyncAsync();
            Assert.Equal("False/CheckClusters c1=ManagedLabelFalse", await bed.BriefAsync("configmaps", "web"));
            await bed.DeleteAsync("configmaps", "web");
            await bed.SyncAsync();
            Assert.Null(await bed.FederatedAsync("configmaps", "web"));
        }

        Assert.NotNull(await bed.MapAsync("c1"));
    }

    private static async Task DeclareAsync(FederationBed bed, string? policy)
    {
        await bed.DeclareAsync("configmaps", "web", InC1);
        if (policy is not null)
        {
            await bed.ChangeAsync("configmaps", "web", $"{{'metadata':{{'annotations':{{'kubefed.io/adoption-policy':'{policy}'}}}}}}");
        }
    }

    private static async Task<string> DataAsync(FederationBed bed) => (await bed.MapAsync("c1"))!.Json["data"]!.ToJsonString();
}
