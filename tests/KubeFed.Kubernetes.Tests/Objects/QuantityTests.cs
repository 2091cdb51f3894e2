using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Tests.Objects;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("1000m", "1")]
    [InlineData("0.1", "100m")]
    [InlineData(".5", "500m")]
    [InlineData("5.", "5")]
    [InlineData("+5", "5")]
    [InlineData("-5", "-5")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("2e3", "2e3")]
    [InlineData("9E", "9E")]
    [InlineData("12E1", "120")]
    [InlineData("100e-3", "100e-3")]
    [InlineData("1n", "1n")]
    [InlineData("0.1n", "1n")]
    [InlineData("-0.1n", "-1n")]
    [InlineData("1.0000000001", "1000000001n")]
    [InlineData("8Ei", "9223372036854775807")]
    [InlineData("99999999999Ei", "9223372036854775807")]
    [InlineData("-99999999999Ei", "-9223372036854775807")]
    [InlineData("1e999999999999", "9223372036854775807")]
    [InlineData("1e-999999999999", "1e-9")]
    public void Prints_as_a_server_stores_it(string text, string canonical)
    {
        Assert.True(Quantity.TryParse(text, out var quantity));
        Assert.Equal(canonical, quantity.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("m")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e3Ki")]
    [InlineData("1 Gi")]
    [InlineData("1kb")]
    [InlineData("--1")]
    public void Refuses_what_is_none(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Fact]
    public void What_is_too_much_for_a_number_is_the_most_there_is()
    {
        Assert.True(Quantity.TryParse("99999999999Ei", out var much));
        Assert.Equal(long.MaxValue, much.Units);
        Assert.Equal(long.MaxValue, much.Milli);
        Assert.Equal(long.MaxValue, (much + much).Units);
    }

    [Theory]
    [InlineData("\"1.5\"", 1_500)]
    [InlineData("1.5", 1_500)]
    [InlineData("2", 2_000)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    public void Is_text_or_a_number_in_an_object(string json, int? milli) => Assert.Equal(milli, (int?)Quantity.Read(JsonNode.Parse(json))?.Milli);
}
