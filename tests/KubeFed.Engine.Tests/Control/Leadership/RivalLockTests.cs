using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>KubeFed's lock in an annotation; C-21, A-121.</summary>
public sealed class RivalLockTests : IDisposable
{
    private static readonly ApiResource s_endpoints = new("", "v1", "Endpoints", "endpoints", Namespaced: true);

    private readonly ManualTime _time = new() { AutoAdvance = TimeSpan.FromSeconds(1) };
    private readonly FakeFleet _fleet;
    private readonly RecordingSink _sink = new();

    public RivalLockTests() => _fleet = new FakeFleet(time: _time).Installed();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_that_is_renewed_while_we_look_refuses_the_start_and_says_whose_it_is(bool endpoints)
    {
        var kind = endpoints ? s_endpoints : KnownResources.ConfigMaps;
        Hold(kind, "2026-01-01T00:00:00Z");
        var looks = 0;
        _fleet.Host.Fault = request =>
        {
            if (request.StartsWith($"get {kind.Plural}", StringComparison.Ordinal) && ++looks == 4)
            {
                Hold(kind, "2026-01-01T00:00:05Z");
            }

            return null;
        };

        var error = await Assert.ThrowsAsync<FederationException>(EnsureAsync);

        Assert.Equal(("ControllerRunning", FederationProblem.Refused), (error.Id, error.Problem));
        Assert.Equal(
            $"A KubeFed controller manages this federation: pod-7_abc renews its lock, {kind.Kind} kube-federation-system/kubefed-controller-manager.",
            error.Message);
        Assert.Equal("Scale deployment kubefed-controller-manager in namespace kube-federation-system to 0, and start again.", error.Remedy);
    }

    [Fact] // C-20: KubeFed never gives its lock back.
    public async Task A_lock_nobody_renews_is_waited_out_once_and_then_ignored()
    {
        Hold(KnownResources.ConfigMaps, "2026-01-01T00:00:00Z");

        await EnsureAsync();

        Assert.Equal(TimeSpan.FromSeconds(15), _time.Slept.Aggregate(TimeSpan.Zero, (sum, slept) => sum + slept));
        Assert.Contains("pod-7_abc", Assert.Single(_sink.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"holderIdentity":"pod-7_abc","leaseDurationSeconds":15,"renewTime":"2025-06-01T00:00:00Z"}""")]
    [InlineData("""{"holderIdentity":"","leaseDurationSeconds":15,"renewTime":"2026-01-01T00:00:00Z"}""")]
    [InlineData("no record")]
    public async Task A_lock_of_long_ago_or_of_nobody_is_not_waited_for(string record)
    {
        Put(KnownResources.ConfigMaps, record);

        await EnsureAsync();

        Assert.Empty(_time.Slept);
    }

    [Fact]
    public async Task Without_the_right_to_look_it_is_told_that_nothing_can_be_told()
    {
        _fleet.Host.Fault = request =>
            request.StartsWith("get configmaps", StringComparison.Ordinal) ? FakeCluster.Refuse("get", 403, "Forbidden", "may not") : null;

        await EnsureAsync();

        Assert.StartsWith("Whether a KubeFed controller runs here can't be told: ", Assert.Single(_sink.Warnings), StringComparison.Ordinal);
    }

    public void Dispose() => _fleet.Dispose();

    private Task EnsureAsync() => new RivalLock(_fleet.Federation).EnsureNotHeldAsync(_sink, TestContext.Current.CancellationToken);

    private void Hold(ApiResource kind, string renewed) => Put(
        kind, $$"""{"holderIdentity":"pod-7_abc","leaseDurationSeconds":15,"renewTime":"{{renewed}}","leaderTransitions":3}""");

    private void Put(ApiResource kind, string record) => _fleet.Host.Put(
        kind,
        Candidates.Key,
        new System.Text.Json.Nodes.JsonObject
        {
            ["metadata"] = new System.Text.Json.Nodes.JsonObject
            {
                ["annotations"] = new System.Text.Json.Nodes.JsonObject { ["control-plane.alpha.kubernetes.io/leader"] = record },
            },
        }.ToJsonString());
}
