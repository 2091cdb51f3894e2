using System.Globalization;

namespace KubeFed.Sandbox.Tables;

/// <summary>Durations as kubectl prints them: at most two units, fewer the longer it is.</summary>
internal static class Duration
{
    /// <summary>From a timestamp to now; <c>&lt;unknown&gt;</c> when there is none.</summary>
    public static string Since(string? timestamp, DateTimeOffset now) => Parse(timestamp) is { } then ? Human(now - then) : "<unknown>";

    public static DateTimeOffset? Parse(string? timestamp) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary><c>90s</c>, <c>3m12s</c>, <c>40m</c>, <c>5h30m</c>, <c>30h</c>, <c>3d4h</c>, <c>90d</c>, <c>2y30d</c>, <c>9y</c>.</summary>
    public static string Human(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        var minutes = seconds / 60;
        var hours = minutes / 60;
        var days = hours / 24;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => $"{seconds}s",
            _ when minutes < 10 => Two(minutes, "m", seconds % 60, "s"),
            _ when minutes < 180 => $"{minutes}m",
            _ when hours < 8 => Two(hours, "h", minutes % 60, "m"),
            _ when hours < 48 => $"{hours}h",
            _ when days < 8 => Two(days, "d", hours % 24, "h"),
            _ when days < 730 => $"{days}d",
            _ when days < 2920 => Two(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string Two(long whole, string unit, long rest, string restUnit) => rest == 0 ? $"{whole}{unit}" : $"{whole}{unit}{rest}{restUnit}";
}
