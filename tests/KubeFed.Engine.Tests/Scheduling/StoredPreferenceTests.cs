using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

public class StoredPreferenceTests
{
    private static readonly ObjectKey _key = new("ns", "web");

    [Fact]
    public void A_preference_written_is_the_preference_read() // api.md section 7
    {
        var preference = new SchedulingPreference
        {
            TargetKind = "FederatedDeployment",
            TotalReplicas = 9,
            Rebalance = true,
            IntersectWithClusterSelector = true,
            Mode = SchedulingMode.Fair,
            OmitEmptyClusters = true,
            Clusters = PlanNotation.Preferences("A:m4 M6 w1; *:w2"),
        };

        var read = StoredPreference.Read(StoredPreference.Write(preference, _key));

        Assert.Empty(read.ShapeProblems);
        Assert.Equal(preference with { Clusters = read.Preference.Clusters }, read.Preference);
        Assert.Equal(preference.Clusters, read.Preference.Clusters);
    }

    [Fact] // The object stays valid under KubeFed's schema, which knows no mode
    public void What_the_original_schema_has_no_field_for_is_an_annotation()
    {
        var written = StoredPreference.Write(new() { TargetKind = "FederatedDeployment", TotalReplicas = 2, Mode = SchedulingMode.Fair }, _key);

        Assert.Equal("""{"targetKind":"FederatedDeployment","totalReplicas":2}""", written.Spec!.ToJsonString());
        Assert.Equal("Fair", written.Annotation("scheduling.kubefed.io/mode"));
    }

    [Fact]
    public void Going_back_to_compatible_mode_removes_the_annotation_and_keeps_foreign_fields()
    {
        var stored = StoredPreference.Write(new() { TargetKind = "FederatedDeployment", TotalReplicas = 2, Mode = SchedulingMode.Fair, Rebalance = true }, _key);
        stored.SetLabel("team", "a").Spec!["later"] = 1;

        var written = StoredPreference.Write(new() { TargetKind = "FederatedDeployment", TotalReplicas = 3 }, _key, stored);

        Assert.Equal("""{"targetKind":"FederatedDeployment","totalReplicas":3,"later":1}""", written.Spec!.ToJsonString());
        Assert.Equal(("a", null), (written.Label("team"), written.Annotation("scheduling.kubefed.io/mode")));
        Assert.Equal("Fair", stored.Annotation("scheduling.kubefed.io/mode"));
    }

    [Fact] // rsp.md section 1 step 7
    public void No_entries_mean_equal_weights()
    {
        var read = StoredPreference.Read(Object("""{"targetKind":"FederatedDeployment","totalReplicas":4,"clusters":{}}"""));

        Assert.Equal((PreferenceSource.Implied, ClusterPreference.Equal), read.Preference.For("c1"));
    }

    [Theory] // P-90
    [InlineData("""{"targetKind":3,"totalReplicas":4}""", "spec.targetKind: Invalid value: 3: must be a string")]
    [InlineData("""{"targetKind":"x","totalReplicas":"4"}""", "spec.totalReplicas: Invalid value: \"4\": must be an integer")]
    [InlineData("""{"targetKind":"x"}""", "spec.totalReplicas: Required value")]
    [InlineData("""{"targetKind":"x","totalReplicas":1,"rebalance":"yes"}""", "spec.rebalance: Invalid value: \"yes\": must be a boolean")]
    [InlineData("""{"targetKind":"x","totalReplicas":1,"clusters":[]}""", "spec.clusters: Invalid value: []: must be an object")]
    [InlineData("""{"targetKind":"x","totalReplicas":1,"clusters":{"c1":7}}""", "spec.clusters[c1]: Invalid value: 7: must be an object")]
    [InlineData("""{"targetKind":"x","totalReplicas":1,"clusters":{"c1":{"weight":1.5}}}""", "spec.clusters[c1].weight: Invalid value: 1.5: must be an integer")]
    public void A_field_of_the_wrong_type_is_reported_with_its_path(string spec, string message) =>
        Assert.Equal(message, Assert.Single(StoredPreference.Read(Object(spec)).ShapeProblems).Message);

    [Fact]
    public void An_unknown_mode_is_reported_with_the_known_ones() => Assert.Equal(
        "metadata.annotations[scheduling.kubefed.io/mode]: Unsupported value: \"Just\": supported values: \"Compatible\", \"Fair\"",
        Assert.Single(StoredPreference.Read(Object("""{"targetKind":"x","totalReplicas":1}""").SetAnnotation("scheduling.kubefed.io/mode", "Just")).ShapeProblems).Message);

    private static KubeObject Object(string spec) => KubeObject.Parse($$"""{"metadata":{"namespace":"ns","name":"web"},"spec":{{spec}}}""");
}
