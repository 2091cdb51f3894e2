using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace KubeFed.TestSupport.Wire;

/// <summary>One answer on its way to the client, and what goes wrong with it.</summary>
internal sealed class FaultyAnswer(HttpClient upstream, Stream client, Socket socket, string target, WireFault fault)
{
    private const string Expired = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version","reason":"Expired","code":410}""";

    private const int SlowBytes = 100;
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan EndlessPause = TimeSpan.FromMilliseconds(200);

    /// <returns>Whether the connection can carry another request.</returns>
    public async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case WireFault.Drop:
                return false;
            case WireFault.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
                return false;
            case WireFault.TooManyRequests:
                return await WholeAsync("429 Too Many Requests", "Retry-After: 1\r\n", Status("TooManyRequests", 429), cancellationToken).ConfigureAwait(false);
            case WireFault.Unavailable:
                return await WholeAsync("503 Service Unavailable", string.Empty, Status("ServiceUnavailable", 503), cancellationToken).ConfigureAwait(false);
            case WireFault.Gone:
                return await WholeAsync("410 Gone", string.Empty, Expired, cancellationToken).ConfigureAwait(false);
            case WireFault.GoneEvent:
                return await WholeAsync("200 OK", string.Empty, $"{{\"type\":\"ERROR\",\"object\":{Expired}}}\n", cancellationToken).ConfigureAwait(false);
            case WireFault.Delay:
                await Task.Delay(Random.Shared.Next(50, 300), cancellationToken).ConfigureAwait(false);
                break;
        }

        var parts = target.Split(' ', 2);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(upstream.BaseAddress!, parts[0]));
        request.Headers.TryAddWithoutValidation("Accept", parts[1]);
        using var response = await upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var type = response.Content.Headers.ContentType ?? new MediaTypeHeaderValue("application/json");
        await WriteAsync($"HTTP/1.1 {(int)response.StatusCode} {response.StatusCode}\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n", cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var bodyEnd = body.ConfigureAwait(false);
        return await CopyAsync(body, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CopyAsync(Stream body, CancellationToken cancellationToken)
    {
        // Where in the body it breaks: in a watch at full speed some hundred events on, in other bodies soon, for they may be short. A watch has no end of
        // its own, so what merely slows it breaks it later, or nothing else would ever happen to it.
        var watch = target.Contains("watch=", StringComparison.Ordinal);
        var longest = watch ? 100_000 : 300;
        var next = fault == WireFault.Delay && watch ? WireFault.ResetMidBody : fault;
        var left = next is WireFault.ResetMidBody or WireFault.TruncatedLine or WireFault.SlowBody ? Random.Shared.Next(1, longest) : int.MaxValue;
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (next == WireFault.EndlessBody)
            {
                await TrickleAsync(buffer.AsMemory(0, count), count, EndlessPause, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (count < left)
            {
                left -= count;
                await ChunkAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Before the last byte read, so that a line that ends there is cut.
            var cut = Math.Max(1, Math.Min(left, count - 1));
            await ChunkAsync(buffer.AsMemory(0, cut), cancellationToken).ConfigureAwait(false);
            switch (next)
            {
                case WireFault.ResetMidBody:
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                    socket.Close();
                    return false;
                case WireFault.TruncatedLine:
                    await WriteAsync("0\r\n\r\n", cancellationToken).ConfigureAwait(false);
                    return true;
                default:
                    await TrickleAsync(buffer.AsMemory(cut, count - cut), SlowBytes, SlowPause, cancellationToken).ConfigureAwait(false);
                    (next, left) = watch ? (WireFault.TruncatedLine, Random.Shared.Next(1, longest)) : (WireFault.None, int.MaxValue);
                    break;
            }
        }

        await WriteAsync("0\r\n\r\n", cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The first bytes one by one, the rest at once.</summary>
    private async Task TrickleAsync(ReadOnlyMemory<byte> bytes, int slow, TimeSpan pause, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Math.Min(slow, bytes.Length); i++)
        {
            await ChunkAsync(bytes.Slice(i, 1), cancellationToken).ConfigureAwait(false);
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }

        if (bytes.Length > slow)
        {
            await ChunkAsync(bytes[slow..], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ChunkAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var framed = new byte[bytes.Length + 16];
        var size = Encoding.ASCII.GetBytes(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n", framed);
        bytes.CopyTo(framed.AsMemory(size));
        "\r\n"u8.CopyTo(framed.AsSpan(size + bytes.Length));
        await client.WriteAsync(framed.AsMemory(0, size + bytes.Length + 2), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> WholeAsync(string status, string header, string body, CancellationToken cancellationToken)
    {
        await WriteAsync($"HTTP/1.1 {status}\r\n{header}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}", cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static string Status(string reason, int code) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"injected","reason":"{{reason}}","code":{{code}}}""";

    private ValueTask WriteAsync(string text, CancellationToken cancellationToken) => client.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
}
