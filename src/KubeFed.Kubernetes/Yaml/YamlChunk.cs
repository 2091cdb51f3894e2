namespace KubeFed.Kubernetes.Yaml;

/// <summary>The lines of a text that are read as one document.</summary>
/// <param name="Text">Each line ends in a line feed, the last one too.</param>
/// <param name="Line">The line of the whole text that the first one is, from 1.</param>
/// <param name="Fault">Why they can't be a document, whatever they hold; null where they can.</param>
internal sealed record YamlChunk(string Text, long Line, YamlTextException? Fault = null)
{
    private const char Mark = '\uFEFF';

    private const string Separator = "---";

    /// <summary>Splits a text at the lines that begin with <c>---</c>; only a comment may follow there, and never the content that YAML allows.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="start">Where to begin in it.</param>
    /// <remarks>YAMLReader of k8s.io/apimachinery 0.35: lines end at a line feed, and a carriage return before it is no part of the line.</remarks>
    public static IEnumerable<YamlChunk> Split(string text, int start)
    {
        var content = new System.Text.StringBuilder();
        var line = 1L + text.AsSpan(0, start).Count('\n');
        var first = line;
        YamlTextException? fault = null;
        for (var at = start; at < text.Length; line++)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            end = end < 0 ? text.Length : end;
            end -= end > at && next > end && text[end - 1] == '\r' ? 1 : 0;
            if (!text.AsSpan(at, end - at).StartsWith(Separator, StringComparison.Ordinal))
            {
                content.Append(text, at, end - at).Append('\n');
                at = next;
                continue;
            }

            yield return new YamlChunk(content.ToString(), first, fault);
            content.Clear();
            first = line + 1;
            var alone = text.AsSpan((at + Separator.Length)..end).Trim() is ['#', ..] or [];
            fault = alone ? null : new YamlTextException(
                $"Line {line}, column 4: a line that begins with --- separates documents, and only a comment may follow it there; write the content below it.",
                line,
                4);
            at = next;
        }

        yield return new YamlChunk(content.ToString(), first, fault);
    }

    /// <summary>
    /// The chunk without a byte order mark before its content: files that are joined carry theirs into the middle, and helm writes a comment before each.
    /// </summary>
    public YamlChunk WithoutMark()
    {
        var at = 0;
        while (at < Text.Length && Text[at] is '#' or '\n')
        {
            at = Text.IndexOf('\n', at) + 1;
        }

        return at < Text.Length && Text[at] == Mark ? this with { Text = Text.Remove(at, 1) } : this;
    }
}
