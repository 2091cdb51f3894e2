namespace KubeFed.PowerShell.Tests.Mapping;

public sealed class ProseTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one two", "one two")]
    [InlineData("  one \n two  ", "one two")]
    [InlineData("0123456789 0123456789 0123456789 012345", "0123456789 0123456789 0123456789\n012345")]
    [InlineData("0123456789 0123456789 0123456789 01", "0123456789 0123456789 0123456789 01")]
    [InlineData("a 0123456789012345678901234567890123456789012345 b", "a\n0123456789012345678901234567890123456789012345\nb")]
    public void Lines_break_at_blanks_and_words_stay_whole(string text, string lines) => Assert.Equal(lines, Prose.Wrap(text, console: 40, indent: 4));

    [Theory]
    [InlineData(0, 79)]
    [InlineData(-1, 79)]
    [InlineData(10, 39)]
    [InlineData(120, 119)]
    public void Where_there_is_no_console_lines_are_of_the_usual_length(int console, int longest)
    {
        var lines = Prose.Wrap(string.Join(' ', Enumerable.Repeat("x", 200)), console, indent: 0).Split('\n');

        Assert.Equal(longest, lines[0].Length);
    }
}
