using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Tests.Propagation;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData("{\"spec\":{\"foo\":null}}", "a5b8d4352d5aed51c51b93900258ccf3")]
    [InlineData("{\"data\":{\"foo\":\"bar\"}}", "4682012eb72f035cfe2b227efe7ca8c8")]
    [InlineData("{\"data\":{\"a\":\"<b>&\"}}", "f41f64b0cfee57d50f67304152780966")]
    [InlineData("{}", "8a80554c91d9fca8acb82f023de02f11")]
    [InlineData(null, "")]
    public void The_template_hash_is_the_one_KubeFed_stored_E_80(string? template, string hash) =>
        Assert.Equal(hash, LegacyHash.OfTemplate(template is null ? null : JsonNode.Parse(template)));

    [Theory]
    [InlineData("{}", "2979b7538b527abe06492021841caf47")]
    [InlineData("{\"overrides\":null}", "2979b7538b527abe06492021841caf47")]
    [InlineData("{\"overrides\":[]}", "fd97e6d9a670c7dcdc2477764f78b459")]
    [InlineData("""{"overrides":[{"clusterOverrides":[{"value":5,"path":"/spec/replicas"}],"clusterName":"cluster1"}]}""", "d06b79278345cd4718235aec4020b063")]
    [InlineData("""{"overrides":[{"clusterName":"cluster1","clusterOverrides":[{"path":"/spec/replicas","value":5,"op":"replace"}]}]}""",
        "b0b9eeea17b12b32d8118e221870d1d7")]
    [InlineData("""{"overrides":[{"clusterName":"c","clusterOverrides":[{"path":"/x","value":false}]}]}""", "16ca2156c7cf2e378f85997635f4014c")]
    public void The_overrides_hash_is_the_one_KubeFed_stored_E_81(string spec, string hash) =>
        Assert.Equal(hash, LegacyHash.OfOverrides((JsonObject)JsonNode.Parse(spec)!));

    [Theory]
    [InlineData("""{"overrides":4}""")]
    [InlineData("""{"overrides":[4,null,"x",[]]}""")]
    [InlineData("""{"overrides":[{"clusterName":{},"clusterOverrides":4}]}""")]
    [InlineData("""{"overrides":[{"clusterName":"c","clusterOverrides":[4,null,{"path":[],"op":{},"value":{"a":[]}}]}]}""")]
    public void Overrides_of_any_shape_have_a_hash(string spec) =>
        Assert.Matches("^[0-9a-f]{32}$", LegacyHash.OfOverrides((JsonObject)JsonNode.Parse(spec)!));

    [Theory]
    [InlineData("4")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void A_template_of_any_shape_has_a_hash(string template) => Assert.Matches("^[0-9a-f]{32}$", LegacyHash.OfTemplate(JsonNode.Parse(template)));

    [Fact]
    public void Without_a_spec_there_is_no_overrides_hash_E_81() => Assert.Equal(string.Empty, LegacyHash.OfOverrides(null));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1")]
    [InlineData("1e2", "100")]
    [InlineData("0.5", "0.5")]
    [InlineData("-12.75", "-12.75")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("9223372036854775808", "9223372036854776000")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("1.25e-10", "1.25e-10")]
    [InlineData("0.1234567", "0.1234567")]
    public void Numbers_are_printed_as_Go_prints_what_it_decoded(string literal, string expected) => Assert.Equal(expected, CanonicalJson.Number(literal));

    [Fact]
    public void Keys_are_in_byte_order_and_strings_escaped_as_Go_does_it()
    {
        var node = JsonNode.Parse("""{"b":"\u2028\u2029<&>","a":"tab\there \"q\" \\ é \u0001","\ud83d\ude00":1,"\uffee":2}""");
        Assert.Equal(
            "{\"a\":\"tab\\there \\\"q\\\" \\\\ é \\u0001\",\"b\":\"\\u2028\\u2029\\u003c\\u0026\\u003e\",\"\uffee\":2,\"😀\":1}",
            Encoding.UTF8.GetString(CanonicalJson.Write(node)));
    }
}
