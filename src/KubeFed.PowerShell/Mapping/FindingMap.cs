using EngineFinding = KubeFed.Engine.ControlPlane.Doctor.Finding;

namespace KubeFed.PowerShell.Mapping;

internal static class FindingMap
{
    public static Finding ToOutput(EngineFinding finding) => new()
    {
        Severity = finding.Severity.ToString(),
        Check = finding.Id,
        Target = finding.Subject,
        Message = finding.Message,
        Remedy = finding.Remedy,
    };
}
