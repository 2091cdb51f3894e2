using System.Globalization;

namespace KubeFed.PowerShell.Tests.Mapping;

public sealed class AgeTests
{
    [Theory]
    [InlineData("-00:00:05", "0s")]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:01:59", "119s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("01:59:59", "119m")]
    [InlineData("02:00:00", "2h")]
    [InlineData("1.23:59:59", "47h")]
    [InlineData("2.00:00:00", "2d")]
    [InlineData("3.04:00:00", "3d4h")]
    [InlineData("9.04:00:00", "9d")]
    [InlineData("800.00:00:00", "2y")]
    public void Ages_read_as_kubectl_writes_them(string span, string text) =>
        Assert.Equal(text, Age.Format(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));

    [Fact]
    public void No_age_is_no_text() => Assert.Equal(string.Empty, Age.Format(null));
}
