using System.Collections;
using System.Text.Json.Nodes;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

/// <remarks>A-50 to A-62.</remarks>
public sealed class ConfigInputTests
{
    [Theory]
    [InlineData(20_000, "20s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(250, "0.25s")]
    [InlineData(93_600_000, "26h0m0s")]
    [InlineData(0, "0s")]
    [InlineData(-90_000, "-1m30s")]
    public void A_span_is_written_as_a_duration_of_Go(int milliseconds, string expected) =>
        Assert.Equal(expected, DurationInput.Write("Period", TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_bare_number_that_PowerShell_took_for_ticks_is_refused() =>
        Assert.Contains("0:00:30", Assert.Throws<InputException>(() => DurationInput.Write("Period", new TimeSpan(30))).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Only_what_was_given_is_set_and_twice_is_once()
    {
        var spec = Parse("""{"scope":"Cluster","clusterHealthCheck":{"period":"10s","timeout":"3s"}}""");
        var input = new ConfigInput()
            .Switch("syncController", "adoptResources", false)
            .Duration("clusterHealthCheck", "period", "Period", TimeSpan.FromSeconds(20));

        input.ApplyTo(spec);
        input.ApplyTo(spec);

        Assert.Equal(
            """{"scope":"Cluster","clusterHealthCheck":{"period":"20s","timeout":"3s"},"syncController":{"adoptResources":"Disabled"}}""", spec.ToJsonString());
        Assert.Equal("syncController.adoptResources=Disabled, clusterHealthCheck.period=20s", input.ToString());
    }

    [Fact]
    public void A_duration_of_the_same_length_stays_as_it_was_written()
    {
        var spec = Parse("""{"clusterHealthCheck":{"period":"60s"}}""");

        new ConfigInput().Duration("clusterHealthCheck", "period", "Period", TimeSpan.FromMinutes(1)).ApplyTo(spec);

        Assert.Equal("""{"clusterHealthCheck":{"period":"60s"}}""", spec.ToJsonString());
    }

    [Fact]
    public void Gates_are_switched_by_name_and_those_not_listed_are_added_A51()
    {
        var spec = Parse("""{"featureGates":[{"name":"A","configuration":"Enabled"},{"name":"B","configuration":"Enabled"}]}""");

        new ConfigInput().Gates(new Hashtable { ["B"] = false, ["C"] = "Enabled" }).ApplyTo(spec);

        var gates = spec["featureGates"]!.AsArray().Select(gate => $"{gate!["name"]}={gate["configuration"]}");
        Assert.Equal("A=Enabled B=Disabled C=Enabled", string.Join(' ', gates));
    }

    [Fact]
    public void Nothing_given_is_nothing_to_set() =>
        Assert.True(new ConfigInput().Switch("a", "b", null).Number("a", "b", null).Duration("a", "b", "c", null).Gates(null).IsEmpty);

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
