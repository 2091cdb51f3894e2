namespace KubeFed.Sandbox;

/// <summary>A watch's body as a stream: each read waits for the next chunk; disposing ends the watch.</summary>
internal sealed class ChunkStream : Stream
{
    private readonly CancellationTokenSource _closed = new();
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _chunks;
    private ReadOnlyMemory<byte> _rest;
    private Task<bool>? _next;
    private bool _ended;

    public ChunkStream(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks) => _chunks = chunks.GetAsyncEnumerator(_closed.Token);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (_ended || buffer.IsEmpty)
            {
                return 0;
            }

            // A read that is given up must not lose the chunk it waited for: the next read takes the same wait over.
            _next ??= _chunks.MoveNextAsync().AsTask();
            var any = await _next.WaitAsync(cancellationToken).ConfigureAwait(false);
            _next = null;
            if (!any)
            {
                _ended = true;
                return 0;
            }

            _rest = _chunks.Current;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A watch is read asynchronously only, so that no thread waits for it.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            // Cancelling lets the enumeration run to its end, where it gives its subscription back.
            _closed.Cancel();
            _ = FinishAsync();
        }

        base.Dispose(disposing);
    }

    private async Task FinishAsync()
    {
        if (_next is { } pending)
        {
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _chunks.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
    }
}
