using EngineChange = KubeFed.Engine.Change;

namespace KubeFed.PowerShell.Mapping;

internal static class ChangeMap
{
    public static Change[] ToOutput(IEnumerable<EngineChange> changes) => [.. changes.Select(ToOutput)];

    private static Change ToOutput(EngineChange change) => new()
    {
        Action = change.Kind.ToString(),
        Cluster = change.Cluster,
        Kind = change.ObjectKind,
        Name = change.Name,
        Applied = change.Applied,
    };
}
