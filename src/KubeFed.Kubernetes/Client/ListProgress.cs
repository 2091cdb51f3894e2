using System.Security.Cryptography;
using System.Text;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Kubernetes.Client;

/// <summary>How far one list has come, and whether it may go on: a server that always has another page would otherwise never be done with.</summary>
/// <param name="limits">What it may take.</param>
/// <param name="held">True when all pages are held together.</param>
internal sealed class ListProgress(ResponseLimits limits, bool held)
{
    /// <summary>Those that servers make have some hundred characters, and go into a URL.</summary>
    private const int LongestToken = 16 * 1024;

    private readonly HashSet<UInt128> _tokens = [];
    private long _items;
    private long _bytes;
    private TimeSpan _asking;

    /// <summary>The next page's token; null when this was the last one.</summary>
    public string? Next { get; private set; }

    /// <summary>True while no limit of the list as a whole has been passed: what is too long is then a page, and a smaller one may do.</summary>
    public bool MayAskForLess { get; private set; } = true;

    /// <summary>How many pages came.</summary>
    public int Pages { get; private set; }

    /// <summary>Takes a page in.</summary>
    /// <param name="next">The token that came with it.</param>
    /// <param name="items">How many objects are on it.</param>
    /// <param name="bytes">How long it is.</param>
    /// <param name="asking">How long it took to come.</param>
    /// <returns>Why the list may not go on, in words that name the limit; null when it may.</returns>
    public string? Take(string? next, int items, long bytes, TimeSpan asking)
    {
        Next = next is { Length: > 0 } ? next : null;
        Pages++;
        _items += items;
        _bytes += bytes;
        _asking += asking;
        var refused = _items > limits.MaxListItems
            ? $"the list has more than {limits.MaxListItems} objects ({ResponseLimits.ItemsVariable})"
            : held && _bytes > limits.MaxListBytes
            ? $"the list is longer than {limits.MaxListBytes >> 20} MiB (eight times {ResponseLimits.BodyVariable})"
            : Next is null ? null
            : Next.Length > LongestToken ? $"metadata.continue has {Next.Length} characters, which is no token of an API server"
            : !_tokens.Add(Digest(Next)) ? "metadata.continue has been sent before in this list, which so never ends"
            : Pages >= limits.MaxListPages ? $"the list has more than {limits.MaxListPages} pages ({nameof(ResponseLimits.MaxListPages)})"
            : _asking > limits.MaxListTime ? $"the list is not complete after {limits.MaxListTime.TotalMinutes:0.##} minutes ({ResponseLimits.TimeVariable})"
            : null;
        MayAskForLess &= refused is null;
        return refused;
    }

    private static UInt128 Digest(string token) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
