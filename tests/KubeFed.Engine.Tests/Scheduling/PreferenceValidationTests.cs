using KubeFed.Engine.Scheduling;

namespace KubeFed.Engine.Tests.Scheduling;

public class PreferenceValidationTests
{
    private static readonly string[] _kinds = ["FederatedReplicaSet", "FederatedDeployment"];

    [Fact]
    public void A_valid_preference_has_no_problems() =>
        Assert.Empty(PreferenceValidation.Validate(Preference("A:m1 M2 w3; *:w1"), _kinds));

    [Theory] // P-90, A-81
    [InlineData("c1:m-1 w1", "spec.clusters[c1].minReplicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("c1:w-5", "spec.clusters[c1].weight: Invalid value: -5: must be greater than or equal to 0")]
    [InlineData("*:M-2", "spec.clusters[*].maxReplicas: Invalid value: -2: must be greater than or equal to 0")]
    [InlineData("c1:m3 M2", "spec.clusters[c1].minReplicas: Invalid value: 3: must be less than or equal to maxReplicas (2)")]
    public void A_wrong_number_is_reported_with_its_path_and_value(string clusters, string message) =>
        Assert.Equal(message, Assert.Single(PreferenceValidation.Validate(Preference(clusters), _kinds)).Message);

    [Fact] // P-80, P-90
    public void An_unknown_kind_is_reported_with_the_kinds_that_would_do() => Assert.Equal(
        "spec.targetKind: Unsupported value: \"FederatedCronJob\": supported values: \"FederatedDeployment\", \"FederatedReplicaSet\"",
        Assert.Single(PreferenceValidation.Validate(Preference("") with { TargetKind = "FederatedCronJob" }, _kinds)).Message);

    [Fact]
    public void A_missing_kind_and_a_negative_total_are_both_reported()
    {
        var problems = PreferenceValidation.Validate(new() { TotalReplicas = -1 });

        Assert.Equal(
            ["spec.targetKind: Required value", "spec.totalReplicas: Invalid value: -1: must be greater than or equal to 0"],
            problems.Select(problem => problem.Message));
    }

    [Theory] // A total is an int32 in the API (api.md section 7)
    [InlineData(int.MaxValue, 0)]
    [InlineData(int.MaxValue + 1L, 1)]
    public void A_total_must_fit_into_32_bits(long total, int problems) =>
        Assert.Equal(problems, PreferenceValidation.Validate(Preference("") with { TotalReplicas = total }).Count);

    [Theory] // KubeFed has an answer to it, which Compatible mode keeps for preferences that are stored already
    [InlineData(SchedulingMode.Compatible, false)]
    [InlineData(SchedulingMode.Fair, true)]
    public void A_minimum_above_the_maximum_only_stops_planning_in_fair_mode(SchedulingMode mode, bool fatal) =>
        Assert.Equal(fatal, Assert.Single(PreferenceValidation.Validate(Preference("c1:m3 M2") with { Mode = mode })).Fatal);

    private static SchedulingPreference Preference(string clusters) =>
        new() { TargetKind = "FederatedDeployment", TotalReplicas = 3, Clusters = PlanNotation.Preferences(clusters) };
}
