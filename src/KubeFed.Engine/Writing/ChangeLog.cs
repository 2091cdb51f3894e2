namespace KubeFed.Engine.Writing;

/// <summary>The changes of one operation, in the order they were made. Not for concurrent use: an operation's writes are a sequence.</summary>
internal sealed class ChangeLog(IEngineSink sink, bool dryRun)
{
    private readonly List<Change> _changes = [];

    public bool DryRun { get; } = dryRun;

    public IReadOnlyList<Change> Changes => [.. _changes];

    /// <summary>Tells something that is no change.</summary>
    public void Note(string message) => sink.Verbose(message);

    /// <summary>Takes over what a part of the operation logged, and told, itself.</summary>
    public void Take(IEnumerable<Change> changes) => _changes.AddRange(changes);

    public void Add(ChangeKind kind, string cluster, string objectKind, string name)
    {
        var change = new Change(kind, cluster, objectKind, name, Applied: !DryRun);
        _changes.Add(change);
        sink.Verbose(DryRun && kind != ChangeKind.Unchanged ? $"Would {change.ToString()[..1].ToLowerInvariant()}{change.ToString()[1..]}" : change.ToString());
    }
}
