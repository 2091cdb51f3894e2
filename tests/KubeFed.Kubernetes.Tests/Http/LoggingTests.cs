using System.Collections.Concurrent;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Tests.Http;

public class LoggingTests
{
    [Fact]
    public async Task Requests_are_logged_with_method_url_and_code_and_never_with_secrets()
    {
        using var log = new Log();
        var api = new FakeApi(
            () => FakeApi.Json("""{"kind":"Secret","metadata":{"name":"a"},"data":{"password":"s3cret"}}"""),
            () => FakeApi.Refuse(403, "Forbidden"));
        using var client = new KubeClientFactory([api], log).Create(FakeApi.Settings with { Credentials = new TokenCredentials("s3cret") });
        var secret = KubeObject.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"ns"},"data":{"password":"s3cret"}}""");

        await client.CreateAsync(KnownResources.Secrets, secret, new WriteOptions { FieldManager = "kubefed" }, CancellationToken.None);
        await Assert.ThrowsAsync<KubeApiException>(() => client.GetAsync(KnownResources.Secrets, new ObjectKey("ns", "a"), CancellationToken.None));

        Assert.Contains(log.Lines, line => line.StartsWith("c1: POST /api/v1/namespaces/ns/secrets?fieldManager=kubefed 200 ", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.StartsWith("c1: GET /api/v1/namespaces/ns/secrets/a 403 ", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    private sealed class Log : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
