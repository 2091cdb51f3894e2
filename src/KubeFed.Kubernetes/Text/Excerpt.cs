namespace KubeFed.Kubernetes.Text;

/// <summary>The text that somebody wrote, as a message repeats it: enough to find it by, not more, and printable.</summary>
public static class Excerpt
{
    /// <summary>The longest text that is repeated whole, in characters.</summary>
    public const int Longest = 200;

    /// <summary>The text, or its beginning and how long it is; as <see cref="Printable"/> makes it.</summary>
    public static string Of(string text) => text.Length <= Longest
        ? Printable.Of(text)
        : $"{Printable.Of(text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)])}... ({text.Length} characters)";
}
