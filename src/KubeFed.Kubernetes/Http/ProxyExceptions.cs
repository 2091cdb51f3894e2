using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeFed.Kubernetes.Http;

/// <summary>
/// The servers that are spoken to without the environment's proxy: this machine (localhost and loopback addresses), and what NO_PROXY names, with commas
/// between: an address, a range in CIDR notation, a domain with all below it, <c>.domain</c> or <c>*.domain</c> for those below it alone, each but a range with
/// a port if wanted; <c>*</c> for all.
/// </summary>
/// <remarks>golang.org/x/net/http/httpproxy. Names are not resolved: a range excepts servers whose URL has an address.</remarks>
internal sealed class ProxyExceptions
{
    private readonly List<Func<Target, bool>> _exceptions = [];

    public ProxyExceptions(string list)
    {
        foreach (var entry in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Exception(entry.ToLowerInvariant()) is { } exception)
            {
                _exceptions.Add(exception);
            }
        }
    }

    public bool Contain(Uri server)
    {
        var host = server.IdnHost.Trim('[', ']').ToLowerInvariant();
        var target = new Target(host, Address(host), server.Port.ToString(CultureInfo.InvariantCulture));
        return host == "localhost" || (target.Address is { } address && IPAddress.IsLoopback(address)) || _exceptions.Any(exception => exception(target));
    }

    private static Func<Target, bool>? Exception(string entry)
    {
        if (entry == "*")
        {
            return _ => true;
        }

        if (Range(entry) is { } range)
        {
            return target => target.Address is { } address && range(address);
        }

        var (host, port) = Split(entry);
        if (host.Length == 0)
        {
            return null;
        }

        bool OnPort(Target target) => port.Length == 0 || port == target.Port;
        if (Address(host) is { } single)
        {
            return target => single.Equals(target.Address) && OnPort(target);
        }

        var domain = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
        var below = domain[0] == '.';
        var suffix = Ascii(below ? domain : "." + domain);
        return target => target.Address is null && OnPort(target)
            && (target.Host.EndsWith(suffix, StringComparison.Ordinal) || (!below && target.Host == suffix[1..]));
    }

    /// <summary>Whether an address is in a range, whose host bits do not count; null when the text is no range.</summary>
    private static Func<IPAddress, bool>? Range(string text)
    {
        var parts = text.Split('/');
        if (parts.Length != 2 || Address(parts[0]) is not { } start || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
        {
            return null;
        }

        var first = start.GetAddressBytes();
        return bits > first.Length * 8
            ? null
            : address => address.GetAddressBytes() is var bytes && bytes.Length == first.Length && SameBits(first, bytes, bits);
    }

    private static bool SameBits(byte[] left, byte[] right, int bits)
    {
        var whole = bits / 8;
        var rest = (byte)(0xff00 >> (bits % 8));
        return left.AsSpan(0, whole).SequenceEqual(right.AsSpan(0, whole)) && (bits % 8 == 0 || (left[whole] & rest) == (right[whole] & rest));
    }

    private static (string Host, string Port) Split(string entry)
    {
        if (entry.StartsWith('['))
        {
            var end = entry.IndexOf("]:", StringComparison.Ordinal);
            return end < 0 ? (entry, string.Empty) : (entry[1..end], entry[(end + 2)..]);
        }

        var colon = entry.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon != entry.LastIndexOf(':') ? (entry, string.Empty) : (entry[..colon], entry[(colon + 1)..]);
    }

    /// <summary>Null for a name. Only the full forms are addresses; what .NET reads beyond them (<c>10</c>, <c>010.0.0.1</c>) is a name to Go.</summary>
    private static IPAddress? Address(string text)
    {
        var four = text.Split('.') is { Length: 4 } parts
            && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'));
        if ((!four && !text.Contains(':', StringComparison.Ordinal)) || text.StartsWith('[') || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
            : address;
    }

    private static string Ascii(string domain)
    {
        try
        {
            return "." + new IdnMapping().GetAscii(domain[1..]);
        }
        catch (ArgumentException)
        {
            // As in Go, what is no domain name is compared as it stands.
            return domain;
        }
    }

    private readonly record struct Target(string Host, IPAddress? Address, string Port);
}
