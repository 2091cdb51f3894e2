using KubeFed.Engine.Api;

namespace KubeFed.Engine.Clusters;

/// <summary>From when until when a token is good, as it says itself.</summary>
/// <param name="Begin">When it was issued; null when it does not say.</param>
/// <param name="End">When it expires.</param>
/// <remarks>P-1, P-2; RFC 7519 claims <c>iat</c> and <c>exp</c>.</remarks>
internal sealed record TokenLife(DateTimeOffset? Begin, DateTimeOffset End)
{
    /// <summary>Renewal begins when less than this part of its life is left: early enough to fail and be tried again.</summary>
    private const double ShortRest = 0.2;

    /// <summary>For a token that does not say when it was issued.</summary>
    private static readonly TimeSpan ShortTime = TimeSpan.FromDays(14);

    /// <summary>Null when the token is no JWT, or one that does not expire.</summary>
    public static TokenLife? Of(string token)
    {
        var claims = TokenSubject.ClaimsOf(token);
        return Time(claims.Integer("exp")) is { } end ? new(Time(claims.Integer("iat")), end) : null;
    }

    /// <summary>It has expired, or will soon, measured by how long it was good for.</summary>
    public bool IsShort(DateTimeOffset now) => End - now < (Begin is { } begin && begin < End ? (End - begin) * ShortRest : ShortTime);

    private static DateTimeOffset? Time(long? seconds) => seconds is >= 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;
}
