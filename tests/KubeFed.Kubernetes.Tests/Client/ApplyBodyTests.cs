using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Tests.Client;

/// <summary>Bodies of applies, which API servers read as YAML 1.1.</summary>
public class ApplyBodyTests
{
    [Theory]
    [InlineData("\U0001F510mTLS", "\U0001F510mTLS")]
    [InlineData("\U0001FFFE\U0010FFFF", "\U0001FFFE\U0010FFFF")]
    [InlineData("\u00E9\u4E2D\u202E\uFFFD", "\u00E9\u4E2D\u202E\uFFFD")]
    [InlineData("\u007F\u0080\u0085\u009F", "\\u007f\\u0080\\u0085\\u009f")]
    [InlineData("\u2028\u2029\uFEFF\uFFFE\uFFFF", "\\u2028\\u2029\\ufeff\\ufffe\\uffff")]
    [InlineData("\0\u0001\u001F\b\f\n\r\t\"\\/'", "\\u0000\\u0001\\u001f\\b\\u000c\\n\\r\\t\\\"\\\\/'")]
    [InlineData("\\ud83d\\ude00", "\\\\ud83d\\\\ude00")]
    public void Every_character_stands_as_it_is_except_those_that_YAML_does_not_print(string text, string written)
    {
        var value = new JsonObject { ["k"] = text };
        Assert.Equal($"{{\"k\":\"{written}\"}}", Write(value));
        Assert.Equal($"{{\"k\":\"{written}\"}}", JsonText.Write(value));
        Assert.Equal($"{{\"k\":\"{written}\"}}", Encoding.UTF8.GetString(JsonText.WriteUtf8(value)));
        Assert.Equal(text, JsonText.ParseObject(Write(value))["k"]!.GetValue<string>());
    }

    [Fact]
    public void A_key_that_a_YAML_reader_would_not_see_as_one_stands_behind_a_question_mark()
    {
        var (shorter, longer) = (new string('k', 1022), new string('k', 1023));
        Assert.Equal($"{{\"{shorter}\":1}}", Write(new JsonObject { [shorter] = 1 }));
        Assert.Equal($"{{\"a\":1,? \"{longer}\" : {{}}}}", Write(new JsonObject { ["a"] = 1, [longer] = new JsonObject() }));
    }

    [Fact]
    public void Values_of_every_kind_are_written_as_JSON()
    {
        const string Json = """{"a":null,"b":[],"c":{},"d":[1,-0.5,1e21,9007199254740993,true,false,[null]],"":"x"}""";
        Assert.Equal(Json, Write(JsonText.ParseObject(Json)));
    }

    [Theory]
    [InlineData("a", 0xD83D, "b")]
    [InlineData("", 0xDE00, "")]
    [InlineData("\U0001F600", 0xDE00, "")]
    [InlineData("x", 0xDBFF, "\U0001F600")]
    public void Half_a_character_is_refused_by_its_field_in_every_body_and_its_text_is_not_repeated(string before, int half, string after)
    {
        // Half a character can't stand in an attribute.
        var text = $"{before}{(char)half}{after}";
        var value = new JsonObject { ["data"] = new JsonObject { ["list"] = new JsonArray("ok \U0001F600", new JsonObject { ["k"] = "topsecret" + text }) } };
        foreach (var write in (Func<JsonNode, byte[]>[])[SentBody.Json, SentBody.Apply])
        {
            var error = Assert.Throws<InvalidRequestException>(() => write(value));
            Assert.Equal(
                $"no request is sent: the field \"data.list[1].k\" holds U+{half:X4} alone, which is half of a character and can't be sent to an API server",
                error.Message);
            Assert.NotNull(error.Remedy);
            error = Assert.Throws<InvalidRequestException>(() => write(new JsonObject { ["data"] = new JsonObject { [text] = 1 } }));
            Assert.Contains($"U+{half:X4} alone", error.Message);
            Assert.Equal("[1]", Assert.Throws<InvalidRequestException>(() => write(new JsonArray(1, text))).Value);
        }
    }

    [Fact]
    public void An_object_nested_too_deeply_is_refused()
    {
        JsonNode Deep(int levels) => Enumerable.Range(0, levels).Aggregate((JsonNode)JsonValue.Create(1), (inner, _) => new JsonArray(inner));
        foreach (var write in (Func<JsonNode, byte[]>[])[SentBody.Json, SentBody.Apply])
        {
            Assert.Equal(1025, write(Deep(512)).Length);
            Assert.Contains("512 levels", Assert.Throws<InvalidRequestException>(() => write(Deep(513))).Message);
        }
    }

    [Fact]
    public void A_message_shows_a_replacement_for_half_a_character() => Assert.Equal("\"a\\ufffd\"", JsonText.Write(JsonValue.Create("a\uD83D")));

    private static string Write(JsonNode value) => Encoding.UTF8.GetString(ApplyBody.Write(value));
}
