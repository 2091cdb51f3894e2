namespace KubeFed.PowerShell.Mapping;

/// <summary>Server times as scripts want them: local, and as a distance from now.</summary>
internal static class Times
{
    public static DateTime? Local(DateTimeOffset? time) => time?.LocalDateTime;

    public static TimeSpan? Since(DateTimeOffset? time, DateTimeOffset now) => now - time;
}
