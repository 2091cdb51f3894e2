using System.Globalization;
using System.Net;
using System.Text;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Tests.Fakes;

/// <summary>
/// ConfigMaps that change, with versions, pages and watches, on a network that breaks in every way a seed can think of. What it serves is right; only
/// the way it is delivered is not.
/// </summary>
public sealed class ChangingApi(int seed, bool faults)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, string> _objects = new(StringComparer.Ordinal);
    private readonly List<(int Version, string Line)> _log = [];
    private int _version = 1;
    private int _compacted;
    private int _continueSnapshot;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Dictionary<string, int> Faults { get; } = [];

    public int Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    public IReadOnlyDictionary<string, string> Objects
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, string>(_objects);
            }
        }
    }

    public IKubeClient Client(TimeProvider time) => new FakeApi(AnswerAsync).Client(FakeApi.Settings with { Timeout = TimeSpan.FromHours(1) }, time);

    /// <summary>One random change: create, update, delete, or delete and create again.</summary>
    public void Change(int names)
    {
        lock (_lock)
        {
            var name = $"o{_random.Next(names)}";
            if (!_objects.ContainsKey(name))
            {
                Write("ADDED", name, Guid.NewGuid());
            }
            else if (_random.Next(4) == 0)
            {
                Delete(name);
            }
            else
            {
                Write("MODIFIED", name, null);
            }

            if (faults && _random.Next(400) == 0)
            {
                _compacted = _version;
            }

            var changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    private void Write(string type, string name, Guid? fresh)
    {
        _version++;
        var uid = fresh?.ToString() ?? _objects[name].Split('"')[13];
        var json = $$"""{"metadata":{"name":"{{name}}","namespace":"ns","uid":"{{uid}}","resourceVersion":"{{_version}}"} }""";
        _objects[name] = json;
        _log.Add((_version, Line(type, json)));
    }

    private void Delete(string name)
    {
        _version++;
        var json = _objects[name];
        _objects.Remove(name);
        var old = json.Split('"')[17];
        _log.Add((_version, Line("DELETED", json.Replace($"\"{old}\"", $"\"{_version}\"", StringComparison.Ordinal))));
    }

    private static string Line(string type, string json) => $$"""{"type":"{{type}}","object":{{json}}}""" + "\n";

    private async Task<HttpResponseMessage> AnswerAsync(Sent sent, CancellationToken cancellationToken)
    {
        if (Roll("503", 20))
        {
            return FakeApi.Refuse(503, "ServiceUnavailable");
        }

        if (Roll("429", 30))
        {
            return FakeApi.Refuse(429, "TooManyRequests", retryAfter: 1);
        }

        if (Roll("reset", 20))
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded);
        }

        await Task.Yield();
        return sent.Query.ContainsKey("watch") ? Watch(sent, cancellationToken) : List(sent);
    }

    private HttpResponseMessage List(Sent sent)
    {
        lock (_lock)
        {
            var after = string.Empty;
            if (sent.Query.TryGetValue("continue", out var token))
            {
                // The snapshot of the first page is gone as soon as anything has changed.
                after = token;
                if (_continueSnapshot != _version || Roll("continue 410", 10))
                {
                    return FakeApi.Refuse(410, "Expired");
                }
            }

            _continueSnapshot = _version;
            var limit = int.Parse(sent.Query.GetValueOrDefault("limit", "1000000"), CultureInfo.InvariantCulture);
            var rest = _objects.Where(pair => string.CompareOrdinal(pair.Key, after) > 0).ToList();
            var next = rest.Count > limit ? $",\"continue\":\"{rest[limit - 1].Key}\"" : string.Empty;
            var body = $$"""{"metadata":{"resourceVersion":"{{_version}}"{{next}}},"items":[{{string.Join(',', rest.Take(limit).Select(pair => pair.Value))}}]}""";
            return Roll("body", 20) ? new HttpResponseMessage { Content = new StreamContent(new CutStream(body[..(body.Length / 2)])) } : FakeApi.Json(body);
        }
    }

    private HttpResponseMessage Watch(Sent sent, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var from = int.Parse(sent.Query["resourceVersion"], CultureInfo.InvariantCulture);
            if (from < _compacted)
            {
                Count("watch 410");
                return _random.Next(2) == 0
                    ? FakeApi.Refuse(410, "Expired")
                    : new HttpResponseMessage {
                        Content = new StringContent("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"gone"}}""" + "\n") };
            }

            return new HttpResponseMessage { Content = new StreamContent(new WatchStream(this, from, cancellationToken)) };
        }
    }

    private bool Roll(string fault, int oneIn)
    {
        lock (_lock)
        {
            if (!faults || _random.Next(oneIn) != 0)
            {
                return false;
            }

            Count(fault);
            return true;
        }
    }

    private void Count(string fault) => Faults[fault] = Faults.GetValueOrDefault(fault) + 1;

    /// <summary>Some text, then a reset.</summary>
    private sealed class CutStream(string text) : ReadOnlyStream
    {
        private byte[] _rest = Encoding.UTF8.GetBytes(text);

        protected override ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (_rest.Length == 0)
            {
                throw new IOException("reset in the body");
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.AsSpan(0, count).CopyTo(buffer.Span);
            _rest = _rest[count..];
            return ValueTask.FromResult(count);
        }
    }

    private sealed class WatchStream(ChangingApi api, int from, CancellationToken request) : ReadOnlyStream
    {
        private int _at = from;
        private byte[] _rest = [];
        private bool _ends;

        protected override async ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (_rest.Length == 0)
            {
                if (_ends)
                {
                    return 0;
                }

                Task changed;
                lock (api._lock)
                {
                    changed = api._changed.Task;
                    var index = api._log.FindIndex(entry => entry.Version > _at);
                    if (index >= 0)
                    {
                        var (version, line) = api._log[index];
                        _at = version;
                        _rest = Encoding.UTF8.GetBytes(Deliver(line));
                        continue;
                    }
                }

                if (api.Roll("close", 4))
                {
                    return 0;
                }

                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, request);
                await changed.WaitAsync(either.Token);
            }

            var count = Math.Min(Math.Min(buffer.Length, _rest.Length), 1 + (_rest.Length / 2));
            _rest.AsSpan(0, count).CopyTo(buffer.Span);
            _rest = _rest[count..];
            return count;
        }

        private string Deliver(string line)
        {
            _ends = true;
            if (api.Roll("truncated", 60))
            {
                return line[..(line.Length / 2)];
            }

            if (api.Roll("garbage", 60))
            {
                return "\u0001garbage\n";
            }

            if (api.Roll("closed after event", 60))
            {
                return line;
            }

            _ends = false;
            return api.Roll("bookmark", 20) ? line + Line("BOOKMARK", $$"""{"metadata":{"resourceVersion":"{{_at}}"} }""") : line;
        }
    }
}

/// <summary>A stream that can only be read, asynchronously.</summary>
public abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public sealed override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => NextAsync(buffer, cancellationToken);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected abstract ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
