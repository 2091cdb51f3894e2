namespace KubeFed.Host.Quickstart;

/// <summary>One thing a step says, and whether the servers agree.</summary>
/// <param name="Claim">What must be true, as a sentence.</param>
/// <param name="Holds">Whether it is.</param>
/// <param name="Observed">What was seen instead; empty when it holds.</param>
public sealed record Check(string Claim, bool Holds, string Observed);

/// <summary>What a step saw, in rows a person can read.</summary>
public sealed record StoryTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>Where a step puts what it saw. Every check compares with state read from an API server.</summary>
public sealed class Evidence
{
    private readonly List<Check> _checks = [];
    private readonly List<IReadOnlyList<string>> _rows = [];
    private string[] _columns = [];

    public IReadOnlyList<Check> Checks => _checks;

    /// <summary>Null when the step shows none.</summary>
    public StoryTable? Table => _columns.Length == 0 ? null : new StoryTable(_columns, _rows);

    public void Columns(params string[] names) => _columns = names;

    /// <exception cref="ArgumentException">The row does not fit the columns.</exception>
    public void Row(params string[] cells)
    {
        if (cells.Length != _columns.Length)
        {
            throw new ArgumentException($"A row of {cells.Length} cells does not fit {_columns.Length} columns.", nameof(cells));
        }

        _rows.Add(cells);
    }

    public void Check(string claim, bool holds, string observed) => _checks.Add(new Check(claim, holds, holds ? string.Empty : observed));

    public void Equal<T>(string claim, T expected, T actual) =>
        Check(claim, EqualityComparer<T>.Default.Equals(expected, actual), $"expected {Text(expected)}, found {Text(actual)}");

    private static string Text<T>(T value) => value?.ToString() is { Length: > 0 } text ? text : "nothing";
}
