namespace KubeFed.PowerShell.Running;

/// <summary>Dresses an exception as PowerShell expects it.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(Exception error, object? target)
    {
        var description = ErrorMap.Describe(error);
        return new ErrorRecord(error, description.Id, Enum.Parse<ErrorCategory>(description.Category), description.Target ?? target)
        {
            ErrorDetails = new ErrorDetails(description.Message) { RecommendedAction = description.RecommendedAction ?? string.Empty },
        };
    }
}
