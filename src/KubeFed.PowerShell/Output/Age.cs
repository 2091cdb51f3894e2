using System.Globalization;

namespace KubeFed;

/// <summary>Durations as kubectl prints them: <c>45s</c>, <c>12m</c>, <c>7h</c>, <c>3d4h</c>, <c>41d</c>, <c>2y</c>.</summary>
public static class Age
{
    /// <summary>Short text for a duration; empty for none. A clock that runs behind the server's gives <c>0s</c>.</summary>
    public static string Format(TimeSpan? age)
    {
        if (age is not { } span)
        {
            return string.Empty;
        }

        return span switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalSeconds: < 120 } => Text(span.TotalSeconds, "s"),
            { TotalMinutes: < 120 } => Text(span.TotalMinutes, "m"),
            { TotalHours: < 48 } => Text(span.TotalHours, "h"),
            { TotalDays: < 8 } => span.Hours == 0 ? Text(span.TotalDays, "d") : Text(span.TotalDays, "d") + Text(span.Hours, "h"),
            { TotalDays: < 730 } => Text(span.TotalDays, "d"),
            _ => Text(span.TotalDays / 365, "y"),
        };
    }

    private static string Text(double number, string unit) => Math.Floor(number).ToString("0", CultureInfo.InvariantCulture) + unit;
}
