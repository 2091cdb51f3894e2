using KubeFed.Engine.Federate;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Selects by names that may be wildcards. A literal name that meets nothing is an error of its own; a wildcard that meets nothing is not.
/// </summary>
internal sealed class NameFilter(IReadOnlyList<string>? names)
{
    private readonly List<NamePattern> _patterns = [.. (names ?? []).Select(name => new NamePattern(name))];

    private readonly HashSet<string> _missing = new((names ?? []).Where(name => !IsWildcard(name)), StringComparer.OrdinalIgnoreCase);

    /// <summary>Literal names that nothing has matched so far, as they were given.</summary>
    public IReadOnlyCollection<string> Unmatched => _missing;

    /// <summary>Whether a word can select more than the one name it spells.</summary>
    public static bool IsWildcard(string name) => new NamePattern(name).IsWildcard;

    public bool Matches(string name)
    {
        if (names is null)
        {
            return true;
        }

        _missing.Remove(name);
        return _patterns.Exists(pattern => pattern.Matches(name));
    }
}
