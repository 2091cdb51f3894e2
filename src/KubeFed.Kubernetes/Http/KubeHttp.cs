using System.Net;
using System.Net.Http.Headers;
using KubeFed.Kubernetes.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Http;

/// <summary>
/// Sends requests to one server: credentials, a bound on requests in flight, one deadline over all tries, retries, warnings, typed errors.
/// Retries follow client-go: 429 and 5xx only when the server says when (<c>Retry-After</c>), GET also on a lost connection, at most
/// <see cref="MaxRetries"/> times; one more for a 401 that renewed credentials may cure.
/// </summary>
internal sealed class KubeHttp : IDisposable
{
    public const int MaxRetries = 10;

    private const int MaxErrorBody = 1 << 20;

    private readonly ConnectionSettings _settings;
    private readonly HttpMessageInvoker _invoker;
    private readonly ICredentialSource _credentials;
    private readonly RequestHeaders _headers;
    private readonly ConcurrencyGate _gate;
    private readonly ServerWarnings _warnings;
    private readonly SemaphoreSlim _largeBodies = new(1);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IRequestFence? _fence;

    public KubeHttp(
        ConnectionSettings settings,
        HttpMessageHandler handler,
        ICredentialSource credentials,
        ServerWarnings warnings,
        ConnectionFailures failures,
        TimeProvider time,
        ILogger logger,
        IRequestFence? fence = null)
    {
        _settings = settings;
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
        _credentials = credentials;
        _headers = new RequestHeaders(settings);
        _gate = new ConcurrencyGate(settings.MaxConcurrency, time);
        _warnings = warnings;
        Failures = failures;
        Limits = settings.Limits ?? new ResponseLimits();
        _time = time;
        _logger = logger;
        _fence = fence;
    }

    /// <summary>Words the errors of this connection.</summary>
    public ConnectionFailures Failures { get; }

    /// <summary>How much may be read.</summary>
    public ResponseLimits Limits { get; }

    /// <summary>The whole body of a 2xx answer.</summary>
    public Task<KubeResponse> SendAsync(KubeRequest request, CancellationToken cancellationToken) =>
        ReadAsync(request, (body, type) => new KubeResponse(body.ToArray(), type), cancellationToken);

    /// <summary>
    /// What <paramref name="use"/> makes of the body of a 2xx answer. The bytes are lent to it: long answers would otherwise be large arrays that live for a
    /// moment, and cost a full garbage collection each few.
    /// </summary>
    public Task<T> ReadAsync<T>(KubeRequest request, Func<ReadOnlyMemory<byte>, MediaTypeHeaderValue?, T> use, CancellationToken cancellationToken) =>
        WithRetriesAsync(
            request,
            async (response, deadline) =>
            {
                using var body = await LentBody.ReadAsync(response.Content, Limits.MaxBodyBytes, _largeBodies, deadline).ConfigureAwait(false);
                return use(body.Bytes, response.Content.Headers.ContentType);
            },
            connection: null,
            cancellationToken);

    /// <summary>
    /// A 2xx answer whose body is still to be read: a watch. The deadline ends with the headers; the caller disposes the answer, and cancels
    /// <paramref name="connection"/> to end it. Such a request takes no place among those in flight.
    /// </summary>
    public Task<HttpResponseMessage> OpenAsync(KubeRequest request, CancellationTokenSource connection, CancellationToken cancellationToken) =>
        WithRetriesAsync(request, (response, _) => Task.FromResult(response), connection, cancellationToken);

    public void Dispose()
    {
        _invoker.Dispose();
        _credentials.Dispose();
        _largeBodies.Dispose();
    }

    private async Task<T> WithRetriesAsync<T>(
        KubeRequest request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationTokenSource? connection,
        CancellationToken cancellationToken)
    {
        // A person may have to log in for the first credential; the deadline is for the server.
        var credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(_settings.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var started = _time.GetTimestamp();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
        var renewed = false;
        for (var attempt = 0; ; attempt++)
        {
            TimeSpan? wait = null;
            KubeException failure;
            try
            {
                return await AttemptAsync(request, credential, read, connection, either.Token).ConfigureAwait(false);
            }
            catch (KubeApiException refused) when (refused.IsUnauthorized && !renewed && _credentials.Renew())
            {
                renewed = true;
                credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
                deadline.CancelAfter(_settings.Timeout);
                started = _time.GetTimestamp();
                continue;
            }
            catch (KubeApiException refused)
            {
                failure = refused;
                if (refused.Code is 429 or >= 500 && refused.Status.RetryAfter is { } asked)
                {
                    // Clients that were turned away together must not come back together.
                    wait = asked + TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * Math.Min(1000, 50 + (asked.TotalMilliseconds / 4)));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (OperationCanceledException timeout)
            {
                throw Failures.TimedOut(request, _settings.Timeout, timeout);
            }
            catch (BodyTooLongException)
            {
                throw Failures.TooLong(
                    request, $"the answer is longer than {Limits.MaxBodyBytes >> 20} MiB once it is decompressed ({ResponseLimits.BodyVariable})");
            }
            catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException)
            {
                failure = Failures.Describe(request, error);
                if (_fence?.Closed is { } why)
                {
                    throw Failures.NotSent(request, why);
                }

                if (request.Method == HttpMethod.Get && ConnectionFailures.IsLostConnection(error))
                {
                    wait = backoff.Next();
                }
            }

            if (wait is not { } pause || attempt >= MaxRetries || _time.GetElapsedTime(started) + pause >= _settings.Timeout)
            {
                throw failure;
            }

            _logger.LogDebug(
                "{Cluster}: {Request} is sent again in {Wait} ms: {Reason}", _settings.Name, request.Title, (int)pause.TotalMilliseconds, failure.Message);
            await SleepAsync(pause, failure, cancellationToken, either.Token).ConfigureAwait(false);
            credential = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SleepAsync(TimeSpan pause, KubeException failure, CancellationToken caller, CancellationToken either)
    {
        try
        {
            await Task.Delay(pause, _time, either).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw failure;
        }
    }

    private async Task<T> AttemptAsync<T>(
        KubeRequest request,
        IssuedCredential credential,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationTokenSource? connection,
        CancellationToken either)
    {
        var gated = connection is null;
        if (gated)
        {
            await _gate.EnterAsync(either).ConfigureAwait(false);
        }

        var started = _time.GetTimestamp();
        HttpResponseMessage? response = null;
        var keep = false;
        try
        {
            using var message = _headers.Build(request, credential);
            if (_fence?.Closed is { } why)
            {
                throw Failures.NotSent(request, why);
            }

            // A watch outlives the deadline: a handler may tie the body to the token it was given, so that token is the connection's own.
            using (connection is null ? default : either.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), connection))
            {
                response = await _invoker.SendAsync(message, connection?.Token ?? either).ConfigureAwait(false);
            }

            _warnings.Report(request, response);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalAsync(request, response, either).ConfigureAwait(false);
            }

            var result = await read(response, either).ConfigureAwait(false);
            keep = ReferenceEquals(result, response);
            _gate.OnSuccess();
            Log(request, response.StatusCode, started);
            return result;
        }
        finally
        {
            if (gated)
            {
                _gate.Leave();
            }

            if (!keep)
            {
                response?.Dispose();
            }
        }

        async Task<KubeApiException> RefusalAsync(KubeRequest refused, HttpResponseMessage answer, CancellationToken token)
        {
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                _gate.OnThrottled();
            }

            var body = await ReadTextAsync(answer, token).ConfigureAwait(false);
            Log(refused, answer.StatusCode, started);
            var status = KubeStatus.Parse((int)answer.StatusCode, body, RetryAfter(answer.Headers.RetryAfter));
            return new KubeApiException(_settings.Name, refused.Title, refused.CarriesSecret ? SecretContent.Without(status, refused.Body) : status)
            {
                Remedy = answer.StatusCode switch
                {
                    _ when answer.Headers.Location is { } elsewhere => ConnectionFailures.Redirected(elsewhere),
                    HttpStatusCode.Unauthorized => $"Renew the credentials of {_settings.Name}; the server does not accept the present ones.",
                    HttpStatusCode.Forbidden => "Ask the cluster's administrator for a role that allows this.",
                    _ => null,
                },
            };
        }
    }

    private void Log(KubeRequest request, HttpStatusCode code, long started)
    {
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            var elapsed = (int)_time.GetElapsedTime(started).TotalMilliseconds;
            _logger.LogDebug("{Cluster}: {Method} {Url} {Code} {Elapsed} ms", _settings.Name, request.Method, request.Target, (int)code, elapsed);
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        return wait is { } span ? (span < TimeSpan.Zero ? TimeSpan.Zero : span) : null;
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while (kept.Length < MaxErrorBody && (count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Write(buffer, 0, count);
        }

        return System.Text.Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}

/// <summary>A 2xx answer, read to its end.</summary>
internal sealed record KubeResponse(byte[] Body, MediaTypeHeaderValue? ContentType);
