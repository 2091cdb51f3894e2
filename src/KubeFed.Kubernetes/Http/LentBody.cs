using System.Buffers;

namespace KubeFed.Kubernetes.Http;

/// <summary>The whole body of an answer in memory that is given back afterwards.</summary>
internal sealed class LentBody : IDisposable
{
    private const int FirstSize = 64 * 1024;

    private byte[] _buffer;
    private int _length;

    private LentBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>Valid until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    public static async Task<LentBody> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // One byte more than there is: the read that finds the end then needs no room to be made.
        var expected = content.Headers.ContentLength is { } length and < int.MaxValue ? (int)length + 1 : FirstSize;
        var body = new LentBody(expected);
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    body._length += read;
                    if (body._length == body._buffer.Length)
                    {
                        body.Grow();
                    }
                }
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        (_buffer, _length) = ([], 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
