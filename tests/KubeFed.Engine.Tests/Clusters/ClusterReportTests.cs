using System.Text;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Clusters;

/// <summary>What one look at a cluster tells beside its health.</summary>
public sealed class ClusterReportTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private static readonly FederatedType Deployments = new()
    {
        Name = "deployments.apps",
        Target = KnownResources.Deployments,
        Federated = new ApiResource("types.kubefed.io", "v1beta1", "FederatedDeployment", "federateddeployments", Namespaced: true),
        PropagationEnabled = true,
        Source = KubeObject.Create(CoreResources.FederatedTypeConfigs, FakeFleet.System("deployments.apps")),
    };

    [Fact]
    public async Task P_3_What_the_stored_credentials_may_not_do_is_found_with_its_verbs()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Registered("east");
        member.Rules = """[{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","list","watch"]}]""";
        member.Allows = review => review.Spec!["resourceAttributes"]!["verb"]!.GetValue<string>() == "update";

        var finding = Assert.Single((await Report(fleet)).Findings, f => f.Id == "PermissionMissing");

        Assert.Contains("may not create, delete, patch deployments.apps", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Join-KubeFedCluster east", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_grant_everything_cost_one_question_and_find_nothing()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Registered("east");

        Assert.DoesNotContain((await Report(fleet)).Findings, f => f.Id == "PermissionMissing");
        Assert.Single(member.Requests, request => request.Contains("review", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_for_certain_names_does_not_grant_the_type()
    {
        using var fleet = new FakeFleet().Installed();
        var member = fleet.Registered("east");
        member.Rules = """[{"apiGroups":["*"],"resources":["*"],"verbs":["*"],"resourceNames":["web"]}]""";
        member.Allows = _ => false;

        Assert.Contains((await Report(fleet)).Findings, f => f.Id == "PermissionMissing");
    }

    [Fact]
    public async Task P_2_The_end_of_the_credentials_is_told_and_warned_of_in_their_last_fifth()
    {
        var time = LeapingTime.ForProbes();
        using var fleet = new FakeFleet(time: time).Installed();
        var now = time.GetUtcNow();
        fleet.Registered("east", Token(now.AddDays(-70), now.AddDays(30)));
        fleet.Registered("west", Token(now.AddDays(-85), now.AddDays(15)));
        fleet.Registered("gone", Token(now.AddDays(-100), now.AddDays(-1)));

        Assert.Equal(now.AddDays(30), (await Report(fleet, "east")).CredentialsEnd);
        Assert.DoesNotContain((await Report(fleet, "east")).Findings, f => f.Id.StartsWith("Token", StringComparison.Ordinal));
        Assert.Contains((await Report(fleet, "west")).Findings, f => f.Id == "TokenExpiresSoon" && f.Remedy.Contains("-RenewCredential", StringComparison.Ordinal));
        Assert.Contains((await Report(fleet, "gone")).Findings, f => f.Id == "TokenExpired");
    }

    [Fact]
    public async Task An_unreachable_cluster_is_asked_nothing_more()
    {
        using var fleet = new FakeFleet(time: LeapingTime.ForProbes()).Installed();
        var member = fleet.Registered("east");
        member.Fault = _ => new KubeConnectionException("east", ConnectionFailure.Unreachable, "connection refused");

        var report = await Report(fleet);

        Assert.Equal("ClusterUnreachable", report.Findings[0].Id);
        Assert.Single(member.Requests);
    }

    internal static string Token(DateTimeOffset from, DateTimeOffset until, string account = "east-hub")
    {
        var claims = $$"""{"iat":{{from.ToUnixTimeSeconds()}},"exp":{{until.ToUnixTimeSeconds()}},"sub":"system:serviceaccount:{{KubeFedNames.DefaultSystemNamespace}}:{{account}}"}""";
        return $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.sig";
    }

    private static async Task<ClusterReport> Report(FakeFleet fleet, string name = "east") => await fleet.Federation.Clusters.ExamineAsync(
        (await fleet.Federation.Clusters.FindAsync(name, None))!, [Deployments], await fleet.Federation.ControlPlane.ReadConfigAsync(None), record: false, None);
}
