using System.Collections.Concurrent;
using System.Net;
using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Kubernetes.Tests.Fakes;

/// <summary>What the client sent.</summary>
public sealed record Sent(HttpMethod Method, Uri Url, string Body, string? ContentType, IReadOnlyDictionary<string, string> Headers)
{
    public string Path => Url.AbsolutePath;

    public string Target => Url.PathAndQuery;

    public IReadOnlyDictionary<string, string> Query { get; } = Url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? string.Empty));
}

/// <summary>A server without sockets: answers come from a function or a script, requests are recorded.</summary>
public sealed class FakeApi : HttpMessageHandler, IKubeTransport
{
    public static readonly ConnectionSettings Settings = new() { Name = "c1", Server = new Uri("https://c1.example:6443") };

    private readonly Func<Sent, CancellationToken, Task<HttpResponseMessage>> _answer;

    public FakeApi(Func<Sent, CancellationToken, Task<HttpResponseMessage>> answer) => _answer = answer;

    public FakeApi(Func<Sent, HttpResponseMessage> answer)
        : this((sent, _) => Task.FromResult(answer(sent)))
    {
    }

    /// <summary>Answers in turn; the last one again and again.</summary>
    public FakeApi(params Func<HttpResponseMessage>[] script)
    {
        var next = 0;
        _answer = (_, _) => Task.FromResult(script[Math.Min(next++, script.Length - 1)]());
    }

    public ConcurrentQueue<Sent> Requests { get; } = new();

    public static HttpResponseMessage Json(string body, HttpStatusCode code = HttpStatusCode.OK) =>
        new(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Refuse(int code, string reason, string message = "no", int? retryAfter = null)
    {
        var response = Json($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","code":{{code}},"reason":"{{reason}}","message":"{{message}}"}""",
            (HttpStatusCode)code);
        if (retryAfter is { } seconds)
        {
            response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        }

        return response;
    }

    public HttpMessageHandler? TryCreateHandler(Uri server) => this;

    public IKubeClient Client(ConnectionSettings? settings = null, TimeProvider? time = null, Action<KubeWarning>? onWarning = null) =>
        new KubeClientFactory([this], null, time, null, onWarning).Create(settings ?? Settings);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = new Sent(
            request.Method,
            request.RequestUri!,
            request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Content?.Headers.ContentType?.ToString(),
            request.Headers.NonValidated.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
        Requests.Enqueue(sent);
        var response = await _answer(sent, cancellationToken);
        response.RequestMessage = request;
        return response;
    }
}
