using KubeFed.Engine.ControlPlane;

namespace KubeFed.PowerShell.Mapping;

internal static class ControlPlaneMap
{
    public static ControlPlane ToOutput(InstallResult result, OpenSession session, DateTimeOffset now) => new()
    {
        Name = session.KubeFedNamespace,
        Cluster = session.Name,
        Scope = result.Config.Scope.ToString(),
        AdoptResources = result.Config.AdoptResources,
        Changes = ChangeMap.ToOutput(result.Changes),
        Created = Times.Local(result.Config.Source.CreationTimestamp),
        Age = Times.Since(result.Config.Source.CreationTimestamp, now),
        Json = result.Config.Source.Json,
    };

    public static RemovedControlPlane ToOutput(UninstallResult result, OpenSession session) => new()
    {
        Name = session.KubeFedNamespace,
        Cluster = session.Name,
        Changes = ChangeMap.ToOutput(result.Changes),
        LeftBehind = [.. result.LeftBehind],
    };
}
