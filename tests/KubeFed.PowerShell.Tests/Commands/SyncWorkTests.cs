using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.PowerShell.Commands;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Commands;

/// <summary>The work of Invoke-KubeFedSync, without PowerShell.</summary>
public sealed class SyncWorkTests
{
    [Fact]
    public async Task Each_resource_and_cluster_becomes_one_object_and_a_second_sync_writes_nothing()
    {
        await using var federation = await SandboxFederation.StartAsync();
        await federation.DeclareAsync("configmaps", "settings", PlacementSpec.All);
        await SyncWork.RunAsync(federation.Operation, new SyncRequest(), new SyncTally());
        Assert.Equal(6, federation.Sink.Objects.OfType<SyncResult>().Count(result => result is { Action: SyncAction.Create, Written: true, Status: "OK" }));
        Assert.Empty(federation.Sink.Errors);
        federation.Clear();
        var before = federation.Writes;

        await SyncWork.RunAsync(federation.Operation, new SyncRequest(), new SyncTally());

        Assert.Equal(before, federation.Writes);
        Assert.Equal(6, federation.Sink.Objects.OfType<SyncResult>().Count(result => result is { Action: SyncAction.None, Written: false }));
    }

    [Fact]
    public async Task A_dry_run_tells_the_plan_and_writes_nothing()
    {
        await using var federation = await SandboxFederation.StartAsync();
        var before = federation.Writes;
        var tally = new SyncTally();

        await SyncWork.RunAsync(federation.Operation, new SyncRequest { DryRun = true }, tally);

        Assert.Equal(before, federation.Writes);
        Assert.All(federation.Sink.Objects.OfType<SyncResult>(), result => Assert.True(result is { WhatIf: true, Written: false }));
        Assert.Equal("Sync: 3 Create in 3 clusters", tally.ToString());
    }

    [Fact]
    public async Task One_resource_that_fails_is_one_error_and_stops_no_other_P34()
    {
        await using var federation = await SandboxFederation.StartAsync();
        await federation.DeclareAsync("configmaps", "good", PlacementSpec.All);
        await federation.DeclareAsync("configmaps", "bad", new PlacementSpec { Clusters = ["member1", "nowhere"] });

        await SyncWork.RunAsync(federation.Operation, new SyncRequest(), new SyncTally());

        var error = ErrorMap.Describe(Assert.Single(federation.Sink.Errors));
        Assert.Equal(("ClusterNotFound", "ObjectNotFound"), (error.Id, error.Category));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("Join-KubeFedCluster", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(3, federation.Sink.Objects.OfType<SyncResult>().Count(result => result is { Name: "good", Written: true }));
        Assert.Single(federation.Sink.Objects.OfType<SyncResult>(), result => result is { Name: "bad", Cluster: "member1", Written: true });
    }

    [Fact]
    public async Task An_override_that_cannot_apply_is_one_error_for_its_cluster_E72()
    {
        await using var federation = await SandboxFederation.StartAsync();
        var impossible = new OverrideEntry("member2", "replace", "/data/none/deep", JsonValue.Create("x"));
        await federation.DeclareAsync("configmaps", "bad", PlacementSpec.All, impossible);

        await SyncWork.RunAsync(federation.Operation, new SyncRequest(), new SyncTally());

        var error = ErrorMap.Describe(Assert.Single(federation.Sink.Errors));
        Assert.Equal(("ApplyOverridesFailed", "InvalidData"), (error.Id, error.Category));
        Assert.Contains("/data/none/deep", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, federation.Sink.Objects.OfType<SyncResult>().Count(result => result is { Name: "bad", Written: true }));
    }

    [Fact]
    public void Resources_that_come_one_by_one_are_put_together_in_one_run()
    {
        var merged = SyncWork.Merge(
        [
            Request("configmaps", "demo", "a"),
            Request("configmaps", "other", "a") with { Names = [] },
            Request("deployments.apps", "demo", "a") with { Namespaces = [] },
            Request("configmaps", "demo", "a"),
        ]);

        Assert.Equal(
            [new SyncSelection("configmaps", "a", "demo"), new SyncSelection("configmaps", null, "other"), new SyncSelection("deployments.apps", "a", null)],
            merged.Selections);
        Assert.Empty(merged.Types.Concat(merged.Names).Concat(merged.Namespaces));
    }

    /// <summary>One by one, in the order of their types, a resource would come before the namespace it lies in.</summary>
    [Fact]
    public async Task Resources_that_come_down_the_pipeline_are_made_after_their_namespaces_and_nothing_else_is()
    {
        await using var federation = await SandboxFederation.StartAsync();
        await federation.DeclareAsync("configmaps", "settings", PlacementSpec.All);
        await federation.DeclareAsync("configmaps", "other", PlacementSpec.All);

        await SyncWork.RunAsync(
            federation.Operation, SyncWork.Merge([Request("configmaps", "demo", "settings"), Request("ns", "demo", "demo")]), new SyncTally());

        Assert.Empty(federation.Sink.Errors);
        Assert.Equal(["demo", "settings"], federation.Sink.Objects.OfType<SyncResult>().Where(result => result.Written).Select(result => result.Name).Distinct().Order());
    }

    [Fact]
    public async Task Passed_through_are_the_resources_as_the_sync_left_them_and_failures_stay_errors()
    {
        await using var federation = await SandboxFederation.StartAsync();
        await federation.DeclareAsync("configmaps", "good", PlacementSpec.All);
        await federation.DeclareAsync("configmaps", "bad", new PlacementSpec { Clusters = ["nowhere"] });

        await SyncWork.RunAsync(federation.Operation, new SyncRequest { Types = ["namespaces", "configmaps"] }, new SyncTally(), passThru: true);

        Assert.Equal(
            ["bad CheckClusters", "demo Propagated", "good Propagated"],
            federation.Sink.Objects.Cast<FederatedResource>().Select(resource => $"{resource.Name} {resource.Status}").Order());
        Assert.Single(federation.Sink.Errors);
    }

    [Fact]
    public void Every_failure_has_a_category_of_PowerShells_and_an_id_of_its_own()
    {
        foreach (var reason in Enum.GetValues<PropagationReason>())
        {
            var failure = new SyncFailure(new SyncOutcome
            {
                Type = Kinds.ConfigMaps,
                Resource = new KubeFed.Kubernetes.Objects.ObjectKey("demo", "a"),
                Action = PlanAction.Error,
                Reason = reason,
                Succeeded = false,
                Time = DateTimeOffset.UnixEpoch,
            });

            Assert.True(Enum.TryParse<System.Management.Automation.ErrorCategory>(failure.Category, out _), failure.Category);
            Assert.Equal(reason == PropagationReason.Ok ? "SyncFailed" : reason.ToString(), failure.Id);
        }
    }

    private static SyncRequest Request(string type, string @namespace, string name) => new() { Types = [type], Namespaces = [@namespace], Names = [name] };
}
