using System.Globalization;

namespace KubeFed.Engine.Api;

/// <summary>Somebody took a cluster out of propagation for a while: it is neither asked nor written to by a sync, and keeps what it has.</summary>
/// <param name="Since">Null when the annotation was set by hand, without a time.</param>
/// <param name="Reason">Null or empty when none was given.</param>
public sealed record Suspension(DateTimeOffset? Since, string? Reason)
{
    /// <summary><c>suspended since 2026-03-01T12:00:00Z (maintenance)</c>; the same words as long as nothing changes.</summary>
    public override string ToString()
    {
        var since = Since is { } time ? $" since {time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : string.Empty;
        return string.IsNullOrEmpty(Reason) ? $"suspended{since}" : $"suspended{since} ({Reason})";
    }
}
