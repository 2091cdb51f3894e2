namespace KubeFed.Kubernetes.Text;

/// <summary>What somebody wrote, as a message repeats it: enough to find it by, not more.</summary>
public static class Excerpt
{
    /// <summary>The longest text that is repeated whole, in characters.</summary>
    public const int Longest = 200;

    /// <summary>The text, or its beginning and how long it is.</summary>
    public static string Of(string text) => text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}... ({text.Length} characters)";
}
