using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Tests.Text;

public class PrintableTests
{
    [Theory]
    [InlineData("plain text, Grüße, 日本語, 😀", "plain text, Grüße, 日本語, 😀")]
    [InlineData("a\u001b[2Jb", @"a\u001b[2Jb")]
    [InlineData("a\r\nb\tc\0", @"a\r\nb\tc\u0000")]
    [InlineData("\u007f\u0085\u009b", @"\u007f\u0085\u009b")]
    [InlineData("\u202a\u202b\u202c\u202d\u202e", @"\u202a\u202b\u202c\u202d\u202e")]
    [InlineData("\u2066\u2067\u2068\u2069\u200e\u200f\u061c", @"\u2066\u2067\u2068\u2069\u200e\u200f\u061c")]
    [InlineData("x\u200b\u200c\u200d\u2060\ufeff\u00ady", @"x\u200b\u200c\u200d\u2060\ufeff\u00ady")]
    [InlineData("\u2028\u2029", @"\u2028\u2029")]
    [InlineData("\U000e0041", @"\U000e0041")]
    public void What_moves_the_cursor_or_cannot_be_seen_becomes_an_escape(string text, string expected)
    {
        Assert.Equal(expected, Printable.Of(text));
        Assert.Equal(expected, Printable.Of(Printable.Of(text)));
    }

    [Fact]
    public void Half_a_character_becomes_an_escape()
    {
        Assert.Equal(@"a\ud83db", Printable.Of("a" + (char)0xd83d + "b"));
        Assert.Equal(@"\ude00", Printable.Of(((char)0xde00).ToString()));
        Assert.Equal(@"x\ud83d", Printable.Of("x" + (char)0xd83d));
    }

    [Fact]
    public void Every_character_of_Unicode_is_printable_or_an_escape()
    {
        for (var value = 0; value <= 0x10ffff; value++)
        {
            var text = value is >= 0xd800 and <= 0xdfff ? ((char)value).ToString() : char.ConvertFromUtf32(value);
            var printed = Printable.Of(text);

            Assert.True(printed == text || printed.All(c => c is >= ' ' and <= '~'), $"U+{value:X4}");
            Assert.False(value is < 0x20 or (>= 0x7f and < 0xa0) or (>= 0x200b and <= 0x200f) or (>= 0x2028 and <= 0x202e) or (>= 0x2066 and <= 0x2069)
                && printed == text, $"U+{value:X4}");
        }
    }

    [Fact]
    public void Text_of_printable_characters_is_not_copied()
    {
        var text = new string('x', 10);

        Assert.Same(text, Printable.Of(text));
    }

    [Fact]
    public void An_excerpt_is_printable_and_cuts_no_character_in_two()
    {
        var text = new string('x', Excerpt.Longest - 1) + "😀 and more";

        Assert.Equal($"{new string('x', Excerpt.Longest - 1)}... ({text.Length} characters)", Excerpt.Of(text));
        Assert.Equal(@"a\n", Excerpt.Of("a\n"));
    }

    [Fact]
    public async Task A_servers_words_make_no_line_of_their_own_anywhere()
    {
        const string Forged = "no\\r\\nI1201 forged\\u001b[2J\\u202e\\u200b";
        var warnings = new List<KubeWarning>();
        var api = new FakeApi(() =>
        {
            var response = FakeApi.Json(
                $$"""
                {"kind":"Status","status":"Failure","code":422,"reason":"In\u001bvalid","message":"{{Forged}}",
                 "details":{"kind":"{{Forged}}","name":"{{Forged}}","causes":[{"field":"{{Forged}}","reason":"{{Forged}}","message":"{{Forged}}"}] } }
                """,
                System.Net.HttpStatusCode.UnprocessableEntity);
            response.Headers.TryAddWithoutValidation("Warning", "299 - \"old\u001b[2J\u009b\"");
            return response;
        });
        using var client = api.Client(onWarning: warnings.Add);

        var error = await Assert.ThrowsAsync<KubeApiException>(
            () => client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("ns", "x"), CancellationToken.None));

        var cause = error.Status.Causes.Single();
        string[] texts =
        [
            error.Message, error.Status.Message, error.Status.Reason, error.Status.Kind, error.Status.Name, cause.Field, cause.Reason, cause.Message,
            Assert.Single(warnings).Text,
        ];
        Assert.All(texts, text => Assert.Same(text, Printable.Of(text)));
        Assert.Contains(@"no\r\nI1201 forged\u001b[2J\u202e\u200b", error.Message, StringComparison.Ordinal);
    }
}
