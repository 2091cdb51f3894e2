namespace KubeFed.Kubernetes.Text;

/// <summary>Finds what a mistyped name may have meant.</summary>
public static class NearMatch
{
    /// <summary>At most three of the names, the nearest first: those that differ in case only, or by few edits for their length.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known) =>
    [
        .. known
            .Distinct(StringComparer.Ordinal)
            .Where(candidate => Math.Abs(candidate.Length - name.Length) <= Allowed(name))
            .Select(candidate => (candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(pair => pair.Distance <= Allowed(name))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(3)
            .Select(pair => pair.candidate),
    ];

    private static int Allowed(string name) => Math.Clamp(name.Length / 3, 1, 3);

    /// <summary>Insertions, deletions, substitutions, and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
