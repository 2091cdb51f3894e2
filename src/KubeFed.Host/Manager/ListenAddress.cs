using System.Globalization;
using System.Net;
using KubeFed.Host.Cli;

namespace KubeFed.Host.Manager;

/// <summary>
/// Where an endpoint listens, written as Go writes it: <c>:8080</c> on every address, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>; port 0 takes a free one.
/// </summary>
/// <param name="Address">Null for every address.</param>
/// <param name="Port">0 for any that is free.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <returns>Null for an empty text, which disables the endpoint.</returns>
    /// <exception cref="UsageException">It is no address.</exception>
    internal static ListenAddress? Parse(string flag, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            throw Wrong();
        }

        return text[..colon] switch
        {
            "" => new ListenAddress(null, port),
            "localhost" => new ListenAddress(IPAddress.Loopback, port),
            var host when IPAddress.TryParse(host, out var address) && host.Contains(':', StringComparison.Ordinal) == host.StartsWith('[') =>
                new ListenAddress(address, port),
            _ => throw Wrong(),
        };

        UsageException Wrong() => new(
            $"{flag}: '{text}' is no address; give :8080, 127.0.0.1:8080 or [::1]:8080, with port 0 for a free one, or nothing to listen nowhere");
    }
}
