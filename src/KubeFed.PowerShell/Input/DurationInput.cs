using System.Globalization;

namespace KubeFed.PowerShell.Input;

/// <summary>Writes a span as the durations of KubeFed's APIs: <c>20s</c>, <c>1m30s</c>, <c>0.25s</c>.</summary>
/// <remarks>A-56: what is not positive is written too, for validation to refuse with its field.</remarks>
internal static class DurationInput
{
    public static string Write(string parameter, TimeSpan value)
    {
        if (value.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new InputException("InvalidInput", $"-{parameter} is {value}: durations are whole milliseconds.", value)
            {
                Remedy = "Write it as hours:minutes:seconds, such as 0:00:30. PowerShell takes a bare number for ticks of 100 ns.",
            };
        }

        var sign = value < TimeSpan.Zero ? "-" : string.Empty;
        var size = value.Duration();
        var seconds = (size.Seconds + (size.Milliseconds / 1000m)).ToString("0.###", CultureInfo.InvariantCulture);
        var hours = (long)size.TotalHours;
        return sign + (hours, size.Minutes) switch
        {
            (0, 0) => $"{seconds}s",
            (0, _) => $"{size.Minutes}m{seconds}s",
            _ => $"{hours}h{size.Minutes}m{seconds}s",
        };
    }
}
