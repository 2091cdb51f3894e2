namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Works, and is worth knowing.</summary>
    Information,

    /// <summary>Works now, and will bite.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Error,
}

/// <summary>One thing the doctor found.</summary>
/// <param name="Id">Stable, such as <c>TokenExpired</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Subject">What it is about: <c>cluster east</c>, <c>type deployments.apps</c>.</param>
/// <param name="Message">What is wrong, with the value.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Finding(string Id, FindingSeverity Severity, string Subject, string Message, string Remedy)
{
    internal static Finding Error(string id, string subject, string message, string remedy) => new(id, FindingSeverity.Error, subject, message, remedy);

    internal static Finding Warning(string id, string subject, string message, string remedy) => new(id, FindingSeverity.Warning, subject, message, remedy);

    internal static Finding Information(string id, string subject, string message, string remedy) =>
        new(id, FindingSeverity.Information, subject, message, remedy);
}
