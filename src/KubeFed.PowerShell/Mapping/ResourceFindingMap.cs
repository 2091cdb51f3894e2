using KubeFed.Kubernetes.Objects;
using EngineFinding = KubeFed.Engine.Federate.Checking.ResourceFinding;

namespace KubeFed.PowerShell.Mapping;

internal static class ResourceFindingMap
{
    public static ResourceFinding ToOutput(string type, ObjectKey key, EngineFinding finding, FiledManifest? from = null) => new()
    {
        Name = key.Name,
        Namespace = key.Namespace,
        Type = type,
        Cluster = finding.Cluster,
        Severity = finding.Severity.ToString(),
        Check = finding.Id,
        Field = finding.Field,
        Value = finding.Value,
        Message = finding.Message,
        Remedy = finding.Remedy,
        Path = from?.Path,
        Line = from?.Line,
    };
}
