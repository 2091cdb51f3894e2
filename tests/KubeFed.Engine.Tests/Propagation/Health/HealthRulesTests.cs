using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation.Health;

/// <summary>P-70: every rule over objects as members show them; the objects, and what is expected of each, are in <c>Cases/*.yaml</c>.</summary>
public class HealthRulesTests
{
    private static readonly ILookup<string, KubeObject> All = Load();

    public static TheoryData<string> Cases => [.. All.Select(one => one.Key)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void P_70_An_object_is_judged_by_its_own_status(string name)
    {
        var value = Assert.Single(All[name]);

        var health = HealthRules.Judge(value);

        Assert.Equal((value.Annotation("health"), value.Annotation("message") ?? string.Empty), (health.Status.ToString(), health.Message));
    }

    [Fact]
    public void Every_verdict_but_Missing_is_met_in_the_cases() => Assert.Equal(
        Enum.GetNames<HealthStatus>().Where(name => name != nameof(HealthStatus.Missing)).Order(),
        All.Select(one => one.First().Annotation("health")).Distinct().Order());

    [Fact]
    public void The_health_of_several_is_the_worst_of_theirs_and_of_none_there_is_none()
    {
        Assert.Equal(HealthStatus.Degraded, HealthRules.Worst([HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Progressing]));
        Assert.Equal(HealthStatus.Unknown, HealthRules.Worst([HealthStatus.Unknown, HealthStatus.Degraded]));
        Assert.Null(HealthRules.Worst([]));
    }

    [Fact]
    public void A_message_of_any_length_is_kept_short()
    {
        var value = KubeObject.Parse("""{"apiVersion":"x.io/v1","kind":"W","status":{"conditions":[{"type":"Ready","status":"False"}]}}""");
        value.Status!["conditions"]![0]!["message"] = new string('x', 5000);
        Assert.Equal(304, HealthRules.Judge(value).Message.Length);
    }

    [Theory]
    [InlineData("""{"conditions":"none"}""")]
    [InlineData("""{"conditions":[7,null,{"type":3}],"observedGeneration":"x"}""")]
    [InlineData("""{"replicas":"three","loadBalancer":[],"phase":{}}""")]
    public void A_status_of_any_shape_gets_a_verdict_and_never_an_exception(string status)
    {
        foreach (var value in All.Select(one => one.First().Clone()))
        {
            value.Json["status"] = JsonNode.Parse(status);
            Assert.True(Enum.IsDefined(HealthRules.Judge(value).Status));
        }
    }

    private static ILookup<string, KubeObject> Load() => Directory
        .GetFiles(Path.Combine(AppContext.BaseDirectory, "Propagation", "Health", "Cases"), "*.yaml")
        .Order(StringComparer.Ordinal)
        .SelectMany(file => Manifest.Read(File.ReadAllText(file), file))
        .ToLookup(value => $"{value.Gvk.Group}/{value.Kind}: {value.Annotation("case")}");
}
