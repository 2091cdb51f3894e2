namespace KubeFed.PowerShell.Commands;

/// <summary>Resources as a user named them, by parameters or down the pipeline; null means all.</summary>
internal sealed record ResourceSelection(IReadOnlyList<string>? Types, IReadOnlyList<string>? Names, IReadOnlyList<string>? Namespaces)
{
    /// <summary>Selections that came down the pipeline one by one, put together so that each type and namespace is read once.</summary>
    public static IReadOnlyList<ResourceSelection> Merge(IReadOnlyList<ResourceSelection> selections) => [.. selections
        .GroupBy(selection => (Text(selection.Types), Text(selection.Namespaces)))
        .Select(group => group.First() with
        {
            Names = group.Any(selection => selection.Names is null)
                ? null
                : [.. group.SelectMany(selection => selection.Names!).Distinct(StringComparer.Ordinal)],
        })];

    private static string? Text(IReadOnlyList<string>? words) => words is null ? null : string.Join(',', words);
}
