namespace KubeFed.Kubernetes.Yaml;

/// <summary>Which characters and escapes a YAML text may hold.</summary>
internal static class YamlCharacters
{
    /// <summary>The place of the first character that no YAML text may hold, or -1.</summary>
    /// <remarks>YAML 1.1, section 5.1; halves of surrogate pairs stand for none.</remarks>
    public static int FirstForbidden(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and <= '~' or '\t' or '\n' or '\r' or '\u0085' or (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD'))
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            return i;
        }

        return -1;
    }

    /// <summary>
    /// The first escape of a double-quoted scalar that YAML 1.1 doesn't know: <c>\/</c>, which came with 1.2, and halves of surrogate pairs, which are JSON's
    /// way to write a character above U+FFFF. Null where there is none.
    /// </summary>
    public static (int At, string Escape)? FirstUnknownEscape(ReadOnlySpan<char> quoted)
    {
        for (var i = 0; i + 1 < quoted.Length; i++)
        {
            if (quoted[i] != '\\')
            {
                continue;
            }

            if (quoted[i + 1] == '/')
            {
                return (i, "\\/");
            }

            if (quoted[(i + 1)..] is ['u', 'd' or 'D', '8' or '9' or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'), _, _, ..])
            {
                return (i, quoted.Slice(i, 6).ToString());
            }

            i++;
        }

        return null;
    }
}
