using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeFed.Engine.Api.Validation;

/// <summary>Durations as KubeFedConfig writes them: <c>20s</c>, <c>1m0s</c>, <c>1.5h</c>, <c>500ms</c>.</summary>
public static partial class GoDuration
{
    /// <param name="text">A sign, then numbers with the units h, m, s, ms, us (or µs) and ns; or <c>0</c>.</param>
    /// <param name="nanoseconds">The length; a fraction of a nanosecond is cut off.</param>
    /// <returns>False when the text is no duration or too long for 64 bits.</returns>
    public static bool TryParse(string? text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text is null || !Whole().IsMatch(text))
        {
            return false;
        }

        try
        {
            var total = Part().Matches(text).Sum(part => decimal.Truncate(Number(part) * Unit(part)));
            nanoseconds = (long)(text[0] == '-' ? -total : total);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>As a span; what is finer than 100 ns is cut off.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        var parsed = TryParse(text, out long nanoseconds);
        duration = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return parsed;
    }

    private static decimal Number(Match part) => decimal.Parse("0" + part.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static decimal Unit(Match part) => part.Groups["unit"].Value switch
    {
        "h" => 3_600_000_000_000m,
        "m" => 60_000_000_000m,
        "s" => 1_000_000_000m,
        "ms" => 1_000_000m,
        "ns" => 1m,
        _ => 1_000m,
    };

    [GeneratedRegex(@"\A[+-]?(0|((\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns))+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<number>\d+\.?\d*|\.\d+)(?<unit>h|ms|m|s|us|µs|μs|ns)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
