namespace KubeFed.PowerShell.Running;

/// <summary>An error as PowerShell tells it, without PowerShell's types, so that it can be checked without PowerShell.</summary>
/// <param name="Id">The first half of the FullyQualifiedErrorId; stable.</param>
/// <param name="Category">The name of a <c>System.Management.Automation.ErrorCategory</c>.</param>
/// <param name="Target">What the error is about; null leaves the cmdlet's own idea of it.</param>
/// <param name="Message">For people.</param>
/// <param name="RecommendedAction">What to do about it; null when the message says it all.</param>
internal sealed record ErrorDescription(string Id, string Category, object? Target, string Message, string? RecommendedAction);
