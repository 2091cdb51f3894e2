namespace KubeFed.TestSupport.Transport;

/// <summary>
/// Holds one request back on its way, as a network or a proxy may, and delivers it when told to, whatever has happened meanwhile. Its sender waits for the
/// answer, or is dead: then no request of it reaches any server after this one was sent. Safe for concurrent use.
/// </summary>
/// <param name="matches">Which request it is; asked of each until one matches.</param>
/// <param name="kills">Whether the sender dies in the moment it has sent the request.</param>
public sealed class HeldRequest(Func<HttpRequestMessage, bool> matches, bool kills)
{
    private readonly TaskCompletionSource<(HttpMessageInvoker Way, HttpRequestMessage Request)> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _taken;

    /// <summary>Ends when the request is on its way.</summary>
    public Task Held => _held.Task;

    /// <summary>Whether a request has matched.</summary>
    public bool IsHeld => _held.Task.IsCompleted;

    /// <summary>Method and path of the request that is held.</summary>
    public string Name => IsHeld ? $"{_held.Task.Result.Request.Method} {_held.Task.Result.Request.RequestUri!.AbsolutePath}" : "none";

    /// <summary>Puts this on the way to a server.</summary>
    public DelegatingHandler Wrap(HttpMessageHandler inner) => new Handler(this, inner);

    /// <summary>Lets the request arrive. Its sender gets the answer, if it lives.</summary>
    /// <returns>The answer's status.</returns>
    public async Task<int> DeliverAsync(CancellationToken cancellationToken)
    {
        var (way, request) = await _held.Task.WaitAsync(cancellationToken);
        var answer = await way.SendAsync(request, cancellationToken);
        _answer.TrySetResult(answer);
        return (int)answer.StatusCode;
    }

    private bool Take(HttpRequestMessage request, out bool dead)
    {
        lock (_gate)
        {
            dead = _taken && kills;
            if (_taken || !matches(request))
            {
                return false;
            }

            return _taken = true;
        }
    }

    private sealed class Handler(HeldRequest hold, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!hold.Take(request, out var dead))
            {
                return dead ? throw Gone() : await base.SendAsync(request, cancellationToken);
            }

            hold._held.SetResult((new HttpMessageInvoker(InnerHandler!, disposeHandler: false), await CopyAsync(request, cancellationToken)));
            return hold.Kills ? throw Gone() : await hold._answer.Task.WaitAsync(cancellationToken);
        }

        private static HttpRequestException Gone() => new(HttpRequestError.ConnectionError, "the process is gone");

        /// <summary>The request as it would go over the wire; what its sender disposes of stays out of it.</summary>
        private static async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
            foreach (var (name, values) in request.Headers)
            {
                copy.Headers.TryAddWithoutValidation(name, values);
            }

            if (request.Content is { } content)
            {
                var body = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
                foreach (var (name, values) in content.Headers)
                {
                    body.Headers.TryAddWithoutValidation(name, values);
                }

                copy.Content = body;
            }

            return copy;
        }
    }

    private bool Kills => kills;
}
