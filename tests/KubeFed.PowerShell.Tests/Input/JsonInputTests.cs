using System.Collections;
using System.Collections.Specialized;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

public sealed class JsonInputTests
{
    [Fact]
    public void What_scripts_write_becomes_json()
    {
        var value = new OrderedDictionary
        {
            ["text"] = "x",
            ["number"] = 5,
            ["big"] = long.MaxValue,
            ["real"] = 1.5,
            ["exact"] = 0.1m,
            ["yes"] = true,
            ["nothing"] = null,
            ["list"] = new object?[] { 1, "two", null, new Hashtable { ["a"] = 'c' } },
            ["time"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            ["day"] = DayOfWeek.Monday,
        };

        Assert.Equal(
            """{"text":"x","number":5,"big":9223372036854775807,"real":1.5,"exact":0.1,"yes":true,"nothing":null"""
            + ""","list":[1,"two",null,{"a":"c"}],"time":"2026-01-02T03:04:05Z","day":"Monday"}""",
            JsonInput.ToJson(value, "Template")!.ToJsonString());
    }

    [Theory]
    [InlineData("2024-05-06T07:08:09.1234567Z", "2024-05-06T07:08:09.1234567Z")]
    [InlineData("2024-05-06T07:08:09.1Z", "2024-05-06T07:08:09.1Z")]
    [InlineData("2024-05-06T07:08:09", "2024-05-06T07:08:09")]
    [InlineData("2024-05-06T07:08:09.5", "2024-05-06T07:08:09.5")]
    public void A_date_keeps_its_fraction_and_whether_it_has_a_zone(string text, string written)
    {
        // As ConvertFrom-Json makes a date of text.
        var date = DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind);

        Assert.Equal(written, JsonInput.ToJson(date, "Template")!.ToString());
    }

    [Fact]
    public void A_date_with_an_offset_keeps_it()
    {
        var date = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.FromHours(5.5)).AddTicks(1234567);

        Assert.Equal("2024-05-06T07:08:09.1234567+05:30", JsonInput.ToJson(date, "Template")!.ToString());
        Assert.Equal("2024-05-06T01:38:09.1234567Z", JsonInput.ToJson(date.ToUniversalTime(), "Template")!.ToString());
    }

    [Fact]
    public void Whole_numbers_of_any_size_are_written_out() =>
        Assert.Equal("1" + new string('0', 30), JsonInput.ToJson(System.Numerics.BigInteger.Pow(10, 30), "Template")!.ToJsonString());

    [Fact]
    public void What_has_no_json_form_is_named_by_its_path()
    {
        var error = Assert.Throws<InputException>(() => JsonInput.ToJson(new Hashtable { ["a"] = new object[] { 1, new MemoryStream() } }, "Body"));

        Assert.Contains("-Body.a[1] holds a MemoryStream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infinity_has_no_json_form() => Assert.Throws<InputException>(() => JsonInput.ToJson(double.PositiveInfinity, "Body"));

    [Fact]
    public void A_map_that_contains_itself_is_refused()
    {
        var loop = new Hashtable();
        loop["again"] = loop;

        Assert.Contains("contain itself", Assert.Throws<InputException>(() => JsonInput.ToJson(loop, "Body")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_where_a_map_is_wanted_is_refused()
    {
        var error = Assert.Throws<InputException>(() => JsonInput.ToJsonObject(new[] { 1 }, "Template"));

        Assert.Contains("-Template must be a hashtable", error.Message, StringComparison.Ordinal);
    }
}
