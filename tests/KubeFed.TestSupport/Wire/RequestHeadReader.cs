using System.Text;

namespace KubeFed.TestSupport.Wire;

/// <summary>Reads the heads of the GET requests on one HTTP/1.1 connection; they have no bodies.</summary>
internal sealed class RequestHeadReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    /// <summary>The next request's target and Accept header, as <c>target</c> and <c>accept</c> of one text; null when the client has closed.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = Encoding.ASCII.GetString(_buffer, 0, end).Split("\r\n");
                _buffer.AsSpan(end + 4, _filled - end - 4).CopyTo(_buffer);
                _filled -= end + 4;
                var line = head[0].Split(' ');
                if (line[0] != "GET")
                {
                    throw new InvalidOperationException($"The proxy carries GET requests only, not {head[0]}.");
                }

                var accept = head.FirstOrDefault(header => header.StartsWith("Accept:", StringComparison.OrdinalIgnoreCase))?[7..].Trim() ?? "application/json";
                return $"{line[1]} {accept}";
            }

            var count = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            _filled += count;
        }
    }
}
