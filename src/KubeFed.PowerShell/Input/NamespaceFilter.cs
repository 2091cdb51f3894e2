using KubeFed.Engine.Federate;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Selects by namespaces, of which wildcards may name several. Resources that have none are selected by any.
/// </summary>
/// <param name="names">Null or nothing but empty texts selects all.</param>
internal sealed class NamespaceFilter(IReadOnlyList<string>? names)
{
    private readonly string[] _names = [.. (names ?? []).Where(name => !string.IsNullOrEmpty(name))];

    private readonly NamePattern[] _patterns = [.. (names ?? []).Where(name => !string.IsNullOrEmpty(name)).Select(name => new NamePattern(name))];

    /// <summary>The names as they were given.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The one namespace that has to be read; null where that is more than one.</summary>
    public string? Only => _patterns is [{ IsWildcard: false } only] ? only.Text : null;

    /// <summary>For people: <c> in namespace 'a'</c>, or nothing where all are meant.</summary>
    public override string ToString() => _names.Length switch
    {
        0 => string.Empty,
        1 => $" in namespace '{_names[0]}'",
        _ => $" in the namespaces {string.Join(", ", _names)}",
    };

    public static implicit operator NamespaceFilter(string? name) => new(name is null ? null : [name]);

    public bool Matches(string? name) => _patterns.Length == 0 || name is null || _patterns.Any(pattern => pattern.Matches(name));
}
