using System.Buffers;

namespace KubeFed.Kubernetes.Http;

/// <summary>The whole body of an answer in memory that is given back afterwards.</summary>
internal sealed class LentBody : IDisposable
{
    private const int FirstSize = 64 * 1024;

    /// <summary>What an answer may announce and be given room for before a byte of it has come.</summary>
    private const int Trusted = 1 << 20;

    private byte[] _buffer;
    private int _length;
    private SemaphoreSlim? _place;

    private LentBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The length from which a body is large: parsed it takes many times as much.</summary>
    public const int Large = 4 << 20;

    /// <summary>Valid until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <param name="content">Its bytes are counted as they are read: decompressed.</param>
    /// <param name="most">The longest body that is read.</param>
    /// <param name="largeOnes">Lets one body of <see cref="Large"/> bytes or more be in memory at a time.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BodyTooLongException">There is more.</exception>
    public static async Task<LentBody> ReadAsync(HttpContent content, long most, SemaphoreSlim largeOnes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > most)
        {
            throw new BodyTooLongException(most);
        }

        // One byte more than there is: the read that finds the end then needs no room to be made.
        var body = new LentBody(content.Headers.ContentLength is { } length ? (int)Math.Min(length + 1, Trusted) : FirstSize);
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    body._length += read;
                    if (body._length > most)
                    {
                        throw new BodyTooLongException(most);
                    }

                    if (body._length == body._buffer.Length)
                    {
                        await body.GrowAsync(most, largeOnes, cancellationToken).ConfigureAwait(false);
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

        _place?.Release();
        _place = null;
    }

    private async Task GrowAsync(long most, SemaphoreSlim largeOnes, CancellationToken cancellationToken)
    {
        if (_place is null && _length >= Large)
        {
            await largeOnes.WaitAsync(cancellationToken).ConfigureAwait(false);
            _place = largeOnes;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Math.Min(most + 1, Array.MaxLength)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>An answer is longer than is read of any.</summary>
internal sealed class BodyTooLongException(long most) : IOException($"the answer is longer than {most} bytes");
