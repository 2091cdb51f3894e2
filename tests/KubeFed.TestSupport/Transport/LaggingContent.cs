using System.Net;

namespace KubeFed.TestSupport.Transport;

/// <summary>A door that watches pass, or wait at.</summary>
public sealed class Lag
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _held;

    /// <summary>From now on what servers tell waits.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>What waited passes, and what comes then too.</summary>
    public void End()
    {
        lock (_gate)
        {
            _held?.TrySetResult();
            _held = null;
        }
    }

    internal Task PassAsync()
    {
        lock (_gate)
        {
            return _held?.Task ?? Task.CompletedTask;
        }
    }
}

/// <summary>An answer that goes on and on, of which nothing arrives while there is lag.</summary>
internal sealed class LaggingContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly Lag _lag;

    public LaggingContent(HttpContent inner, Lag lag)
    {
        (_inner, _lag) = (inner, lag);
        foreach (var (name, values) in inner.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() => new LaggingStream(await _inner.ReadAsStreamAsync().ConfigureAwait(false), _lag);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class LaggingStream(Stream inner, Lag lag) : Stream
    {
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
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            await lag.PassAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Watches are read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
