using KubeFed.Engine.ControlPlane.Doctor;

namespace KubeFed.Engine.Federate.Checking;

/// <summary>One thing that is wrong, or worth knowing, with a federated resource.</summary>
/// <param name="Severity">An error keeps it from being propagated as it says; a warning is probably not meant.</param>
/// <param name="Id">Stable, such as <c>InvalidOverridePath</c>.</param>
/// <param name="Field">Where in the federated object: <c>spec.overrides[0].clusterOverrides[1].path</c>.</param>
/// <param name="Value">What stands there, as JSON text; empty where nothing does.</param>
/// <param name="Message">Why that is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ResourceFinding(FindingSeverity Severity, string Id, string Field, string Value, string Message, string Remedy)
{
    /// <summary>The cluster it concerns; null when it concerns the resource as a whole.</summary>
    public string? Cluster { get; init; }

    internal static ResourceFinding Of(FieldFault fault) => new(FindingSeverity.Error, fault.Id, fault.Field, fault.Value, fault.Message, fault.Remedy);
}
