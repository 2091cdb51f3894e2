using System.Text;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Tests.Text;

public sealed class StrictTextTests
{
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public void A_byte_order_mark_says_what_the_text_is_in(string name)
    {
        var encoding = Encoding.GetEncoding(name);

        Assert.Equal("name: café\n", StrictText.Decode([.. encoding.Preamble, .. encoding.GetBytes("name: café\n")], "a.yaml"));
    }

    [Fact]
    public void Without_one_it_is_UTF8() => Assert.Equal("naïve ☃", StrictText.Decode(Encoding.UTF8.GetBytes("naïve ☃"), "a.yaml"));

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)' ', 0xE9, (byte)'\n' }, "0xE9", 3)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'a', 0xFC }, "0xFC", 4)]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0, 0, 0xD8, (byte)'b', 0 }, "0x00", 4)]
    public void What_is_neither_is_refused_with_its_place_instead_of_being_altered(byte[] bytes, string value, long offset)
    {
        var error = Assert.Throws<TextEncodingException>(() => StrictText.Decode(bytes, "a.yaml"));

        Assert.Equal(offset, error.Offset);
        Assert.StartsWith("a.yaml: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"byte {value}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"at offset {offset}.", error.Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_read_in_the_same_way()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, [(byte)'a', 0xE9]);

            Assert.Throws<TextEncodingException>(() => StrictText.ReadFile(file));
            await Assert.ThrowsAsync<TextEncodingException>(() => StrictText.ReadFileAsync(file, CancellationToken.None));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
