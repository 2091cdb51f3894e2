namespace KubeFed.Engine.Federate;

/// <summary>A name, or a pattern of names with <c>*</c> (any run of characters) and <c>?</c> (any one). Case matters, as it does in names.</summary>
public sealed class NamePattern(string pattern)
{
    /// <summary>True when the pattern can match more than the one name it spells.</summary>
    public bool IsWildcard { get; } = pattern.AsSpan().ContainsAny('*', '?');

    public bool Matches(string name)
    {
        var (p, n, star, resume) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
