using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control.Events;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control.Events;

/// <summary>Section 10 of KubeFed's engine, E-130, E-131: which Event tells of what, and in which words.</summary>
public class EventWordingTests
{
    private static readonly FederatedType s_maps = Type("configmaps", "ConfigMap");
    private static readonly FederatedType s_namespaces = Type("namespaces", "Namespace");

    public static TheoryData<PlanAction, bool, PropagationReason, string?> Cells => new()
    {
        { PlanAction.Create, true, PropagationReason.Ok, "Normal CreateInCluster: Creating" },
        { PlanAction.Update, true, PropagationReason.Ok, "Normal UpdateInCluster: Updating" },
        { PlanAction.Adopt, true, PropagationReason.Ok, "Normal UpdateInCluster: Taking over and updating" },
        { PlanAction.Delete, true, PropagationReason.WaitingForRemoval, "Normal DeleteInCluster: Deleting" },
        { PlanAction.Unmanage, true, PropagationReason.Ok, "Normal RemoveManagedLabelFromInCluster: Removing managed label from" },
        { PlanAction.Wait, true, PropagationReason.WaitingForRemoval, "Normal WaitForRemovalInCluster: Waiting for the removal of" },
        { PlanAction.None, true, PropagationReason.Ok, null },
        { PlanAction.Skip, true, PropagationReason.ClusterSuspended, null },
        { PlanAction.Create, false, PropagationReason.CreationFailed, "Warning CreateInClusterFailed: Failed to create" },
        { PlanAction.Error, false, PropagationReason.AlreadyExists, "Warning CreateInClusterFailed: Failed to create" },
        { PlanAction.Update, false, PropagationReason.UpdateTimedOut, "Warning UpdateInClusterFailed: Failed to update" },
        { PlanAction.Delete, false, PropagationReason.DeletionFailed, "Warning DeleteInClusterFailed: Failed to delete" },
        { PlanAction.Unmanage, false, PropagationReason.LabelRemovalFailed, "Warning RemoveManagedLabelFromInClusterFailed: Failed to remove managed label from" },
        { PlanAction.Error, false, PropagationReason.ClusterNotReady, "Warning ClusterNotReady: Failed to propagate" },
        { PlanAction.Error, false, PropagationReason.TypeNotServed, "Warning TypeNotServed: Failed to propagate" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void What_happens_in_a_cluster_is_told_as_KubeFed_told_it_and_what_it_had_no_word_for_by_its_reason_in_the_status(
        PlanAction action, bool succeeded, PropagationReason reason, string? expected)
    {
        var written = succeeded && action is not PlanAction.Wait and not PlanAction.None and not PlanAction.Skip;
        var outcome = Outcome(s_maps, "web") with
        {
            Cluster = "c1", Action = action, Succeeded = succeeded, Written = written, Reason = reason, Message = succeeded ? "a note" : "no",
        };
        var why = succeeded ? string.Empty : ": no";
        Assert.Equal(expected is null ? null : $"{expected} ConfigMap \"ns1/web\" in cluster \"c1\"{why}", Text(outcome));
    }

    [Fact]
    public void What_concerns_no_single_cluster_is_told_when_it_failed()
    {
        var outcome = Outcome(s_maps, "web") with { Action = PlanAction.Error, Succeeded = false, Message = "no" };
        Assert.Equal(
            """Warning ComputePlacementFailed: Failed to place FederatedConfigMap "ns1/web": no""",
            Text(outcome with { Aggregate = AggregateReason.ComputePlacementFailed }));
        Assert.Equal("""Warning SyncFailed: Failed to propagate FederatedConfigMap "ns1/web": no""", Text(outcome));
        Assert.Equal("""Warning InvalidName: Failed to propagate FederatedNamespace "ns1/web": no""", Text(outcome with { Type = s_namespaces })); // E-24
        Assert.Null(Text(outcome with { Action = PlanAction.Skip, Succeeded = true }));
    }

    [Fact]
    public void C_32_C_35_C_36_What_a_probe_finds_is_told_of_the_cluster()
    {
        var stored = KubeObject.Create(CoreResources.KubeFedClusters, new ObjectKey("home", "c1"));
        stored.Json["spec"] = Make.Json("{'apiEndpoint':'https://c1'}");
        var cluster = MemberClusterReader.Read(stored);
        Assert.Null(EventWording.Of(cluster, new ProbeResult(ProbeOutcome.Ready, string.Empty, "v1", default)));
        var away = EventWording.Of(cluster, new ProbeResult(ProbeOutcome.Unreachable, "refused", null, default))!;
        Assert.Equal(("kubefedcluster-controller", "RetrievingClusterHealthFailed", true), (away.Component, away.Reason, away.IsWarning));
        Assert.Equal("Failed to retrieve health of cluster \"c1\": refused", EventWording.Message(away, []));
        Assert.Equal("MalformedClusterConfig", EventWording.Of(cluster, new ProbeResult(ProbeOutcome.Malformed, "no token", null, default))!.Reason);
    }

    [Fact]
    public void Several_clusters_are_named_in_order_and_many_are_counted()
    {
        var notice = EventLedgerTests.Notice("web") with { Why = "no" };
        Assert.Equal("""Creating in clusters "c1", "c2": no""", EventWording.Message(notice, ["c2", "c1"]));
        var many = EventWording.Message(notice, [.. Enumerable.Range(10, 25).Select(i => $"c{i}")]);
        Assert.EndsWith("""
            "c19" and 15 more: no
            """, many, StringComparison.Ordinal);
        Assert.Equal(1024, EventWording.Message(notice with { Why = new string('x', 5000) }, []).Length);
    }

    private static string? Text(SyncOutcome outcome)
    {
        var resource = KubeObject.Create(outcome.Type.Federated, outcome.Resource);
        return EventWording.Of(outcome, resource) is { } notice
            ? $"{(notice.IsWarning ? "Warning" : "Normal")} {notice.Reason}: {EventWording.Message(notice, outcome.Cluster is { } cluster ? [cluster] : [])}"
            : null;
    }

    private static SyncOutcome Outcome(FederatedType type, string name) => new()
    {
        Type = type, Resource = new ObjectKey("ns1", name), Action = PlanAction.None, Time = DateTimeOffset.UnixEpoch,
    };

    private static FederatedType Type(string name, string kind) => FederatedTypeReader.Read(KubeObject.Parse(
        $$$"""
        {"apiVersion":"core.kubefed.io/v1beta1","kind":"FederatedTypeConfig","metadata":{"name":"{{{name}}}"},"spec":{
        "targetType":{"version":"v1","kind":"{{{kind}}}","scope":"Namespaced"},"federatedType":{"kind":"Federated{{{kind}}}"},"propagation":"Enabled"}}
        """));
}
