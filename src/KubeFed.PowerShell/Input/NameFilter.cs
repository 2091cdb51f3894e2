namespace KubeFed.PowerShell.Input;

/// <summary>
/// Selects by names that may be wildcards, ignoring case. A literal name that meets nothing is an error of its own; a wildcard that meets nothing is not.
/// </summary>
internal sealed class NameFilter(IReadOnlyList<string>? names)
{
    private readonly HashSet<string> _missing = new(
        (names ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name)), StringComparer.OrdinalIgnoreCase);

    private readonly List<WildcardPattern> _patterns = [.. (names ?? []).Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase))];

    /// <summary>Literal names that nothing has matched so far.</summary>
    public IReadOnlyCollection<string> Unmatched => _missing;

    public bool Matches(string name)
    {
        if (names is null)
        {
            return true;
        }

        _missing.Remove(name);
        return _patterns.Exists(pattern => pattern.IsMatch(name));
    }
}
