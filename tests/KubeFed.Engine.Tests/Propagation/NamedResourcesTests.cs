using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What a sync says of names it was asked for and did not meet.</summary>
public class NamedResourcesTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Fact]
    public async Task A_name_that_meets_nothing_is_told_once_whatever_the_types()
    {
        await using var bed = await WebAsync();
        await RunAsync(bed, new SyncRequest { Names = ["web", "wbe"] });
        Assert.Equal(("FederatedResourceNotFound", "wbe"), (Assert.Single(bed.Errors).Id, bed.Errors[0].Target));
    }

    [Fact]
    public async Task A_name_asked_for_of_several_types_need_not_be_there_of_each()
    {
        await using var bed = await WebAsync();
        await RunAsync(bed, Each("web", null));
        Assert.Empty(bed.Errors);
        await RunAsync(bed, Each("wbe", null));
        Assert.Contains("There is no federated resource 'wbe'", Assert.Single(bed.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_asked_for_of_several_types_is_missed_once()
    {
        await using var bed = await WebAsync();
        await RunAsync(bed, Each(null, "nope"));
        Assert.Contains("There is no namespace 'nope'", Assert.Single(bed.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_type_that_is_passed_over_nobody_knows_what_there_is()
    {
        await using var bed = await WebAsync();
        await bed.Admin("host").PatchAsync(
            CoreResources.FederatedTypeConfigs,
            new ObjectKey(bed.Federation.SystemNamespace, "configmaps"),
            KubePatch.Merge((JsonObject)Make.Json("{'spec':{'propagation':'Disabled'}}")!),
            WriteOptions.Default,
            default);
        await RunAsync(bed, new SyncRequest { Types = ["configmaps"], Names = ["web"] });
        await RunAsync(bed, new SyncRequest { Names = ["web"] });
        await RunAsync(bed, new SyncRequest { Selections = [new SyncSelection("configmaps", "web", "ns1")] });
        Assert.Empty(bed.Errors);
    }

    private static async Task<FederationBed> WebAsync()
    {
        var bed = await FederationBed.WithNamespaceAsync(members: 1);
        await bed.DeclareAsync("configmaps", "web", Everywhere);
        return bed;
    }

    private static SyncRequest Each(string? name, string? place) => new()
    {
        Selections = [.. new[] { "configmaps", "secrets", "deployments.apps" }.Select(type => new SyncSelection(type, name, place))],
    };

    private static async Task RunAsync(FederationBed bed, SyncRequest request) => await bed.SyncAsync(request with { ReportUnmatched = true });
}
