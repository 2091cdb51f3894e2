using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace KubeFed.TestSupport.Transport;

/// <summary>What goes wrong with one request.</summary>
public abstract record Fault
{
    /// <summary>The request never reaches the server, as when nothing listens there.</summary>
    public static Fault Unreachable { get; } = new UnreachableFault();

    /// <summary>The server does the work and the answer is lost on the way back.</summary>
    public static Fault AnswerLost { get; } = new AnswerLostFault();

    /// <summary>No answer ever comes; only the caller's cancellation or deadline ends the wait.</summary>
    public static Fault Hang { get; } = new HangFault();

    /// <summary>The request passes unharmed after a pause on the handler's clock.</summary>
    public static Fault Delay(TimeSpan pause) => new DelayFault(pause);

    /// <summary>The request passes unharmed once the task has ended.</summary>
    public static Fault Until(Task opened) => new GateFault(opened);

    /// <summary>The answer begins at once, and what it goes on to tell arrives late, as from a watch that lags.</summary>
    public static Fault Lagging(Lag lag) => new LaggingFault(lag);

    /// <summary>The server refuses with a Kubernetes <c>Status</c>; <paramref name="retryAfter"/> becomes the <c>Retry-After</c> header in seconds.</summary>
    public static Fault Refuse(HttpStatusCode code, string reason = "", string message = "injected by the test", TimeSpan? retryAfter = null) =>
        new RefuseFault(code, reason, message, retryAfter);

    /// <summary>The request never reaches the server, and a 200 with this JSON is the answer.</summary>
    public static Fault Answer(byte[] json) => new AnswerFault(json);

    /// <summary>Every answer is the one the same request got the first time, as from a cache that has stopped following the server.</summary>
    public static Fault FrozenCache() => new FrozenCacheFault();

    internal abstract Task<HttpResponseMessage> ApplyAsync(
        HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken);

    private sealed record UnreachableFault : Fault
    {
        internal override Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new HttpRequestException(
                HttpRequestError.ConnectionError, "Connection refused (injected by the test)", new SocketException((int)SocketError.ConnectionRefused)));
    }

    private sealed record AnswerFault(byte[] Json) : Fault
    {
        internal override Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            var content = new ByteArrayContent(Json);
            content.Headers.ContentType = new("application/json");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
        }
    }

    private sealed record GateFault(Task Opened) : Fault
    {
        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            await Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await send().ConfigureAwait(false);
        }
    }

    private sealed record LaggingFault(Lag Lag) : Fault
    {
        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            var response = await send().ConfigureAwait(false);
            response.Content = new LaggingContent(response.Content, Lag);
            return response;
        }
    }

    private sealed record AnswerLostFault : Fault
    {
        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            using var response = await send().ConfigureAwait(false);
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely (injected by the test)");
        }
    }

    private sealed record HangFault : Fault
    {
        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
            throw new InvalidOperationException("An endless wait ended.");
        }
    }

    private sealed record DelayFault(TimeSpan Pause) : Fault
    {
        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            return await send().ConfigureAwait(false);
        }
    }

    private sealed record FrozenCacheFault : Fault
    {
        private readonly ConcurrentDictionary<string, (byte[] Body, string? Type)> _answers = new();

        internal override async Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            var asked = request.RequestUri!.PathAndQuery;
            if (!_answers.TryGetValue(asked, out var answer))
            {
                using var response = await send().ConfigureAwait(false);
                answer = (await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), response.Content.Headers.ContentType?.ToString());
                _answers[asked] = answer;
            }

            var content = new ByteArrayContent(answer.Body);
            content.Headers.TryAddWithoutValidation("Content-Type", answer.Type);
            return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = content };
        }
    }

    private sealed record RefuseFault(HttpStatusCode Code, string Reason, string Message, TimeSpan? RetryAfter) : Fault
    {
        internal override Task<HttpResponseMessage> ApplyAsync(
            HttpRequestMessage request, Func<Task<HttpResponseMessage>> send, TimeProvider time, CancellationToken cancellationToken)
        {
            var status = JsonSerializer.Serialize(new
            {
                kind = "Status",
                apiVersion = "v1",
                metadata = new { },
                status = "Failure",
                message = Message,
                reason = Reason,
                code = (int)Code,
            });
            var response = new HttpResponseMessage(Code)
            {
                RequestMessage = request,
                Content = new StringContent(status, Encoding.UTF8, "application/json"),
            };
            if (RetryAfter is { } wait)
            {
                response.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(wait);
            }

            return Task.FromResult(response);
        }
    }
}
