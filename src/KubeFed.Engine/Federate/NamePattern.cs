namespace KubeFed.Engine.Federate;

/// <summary>
/// A name, or a pattern of names with <c>*</c> (any run of characters), <c>?</c> (any one) and <c>[a-c1]</c> (one of these), as PowerShell has them; no name
/// of Kubernetes contains any of the three. This is the one rule by which words select clusters, types, resources and namespaces, in cmdlets and commands
/// alike. Case does not matter: all of these have lower-case names.
/// </summary>
public sealed class NamePattern
{
    private readonly List<Element> _elements = [];

    /// <param name="pattern">What the user wrote; a bracket that is not closed stands for itself.</param>
    public NamePattern(string pattern)
    {
        pattern = pattern.ToLowerInvariant();
        Text = pattern;
        for (var at = 0; at < pattern.Length; at++)
        {
            var end = pattern[at] == '[' ? pattern.IndexOf(']', at + 1) : -1;
            _elements.Add(pattern[at] switch
            {
                '*' => new Element(Any: true, null),
                '?' => new Element(Any: false, null),
                '[' when end > at + 1 => new Element(Any: false, pattern[(at + 1)..end]),
                var literal => new Element(Any: false, literal.ToString()) { IsLiteral = true },
            });
            at = Math.Max(at, end > at + 1 ? end : at);
        }

        IsWildcard = _elements.Exists(element => !element.IsLiteral);
    }

    /// <summary>The pattern in lower case; of one without wildcards, the name as Kubernetes stores it.</summary>
    public string Text { get; }

    /// <summary>True when the pattern can match more than the one name it spells.</summary>
    public bool IsWildcard { get; }

    public bool Matches(string name)
    {
        var (p, n, star, resume) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < _elements.Count && _elements[p].Any)
            {
                (star, resume) = (p++, n);
            }
            else if (p < _elements.Count && _elements[p].Matches(char.ToLowerInvariant(name[n])))
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

        return _elements.Skip(p).All(element => element.Any);
    }

    /// <param name="Any">Any run of characters.</param>
    /// <param name="Set">The characters that match, ranges among them; null for every one.</param>
    private sealed record Element(bool Any, string? Set)
    {
        public bool IsLiteral { get; init; }

        public bool Matches(char c)
        {
            if (Set is null || IsLiteral)
            {
                return Set is null || Set[0] == c;
            }

            for (var i = 0; i < Set.Length; i++)
            {
                if (i + 2 < Set.Length && Set[i + 1] == '-')
                {
                    if (Set[i] <= c && c <= Set[i + 2])
                    {
                        return true;
                    }

                    i += 2;
                }
                else if (Set[i] == c)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
