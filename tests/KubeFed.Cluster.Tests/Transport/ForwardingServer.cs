using System.Collections.Concurrent;
using System.Net;
using KubeFed.Kubernetes.Config;
using KubeFed.TestSupport.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeFed.Cluster.Tests.Transport;

/// <summary>Stands before a real API server on plain HTTP, passes every request on as the server's administrator, and keeps a list of what arrived.</summary>
internal sealed class ForwardingServer : IAsyncDisposable
{
    private readonly WebApplication _site;
    private readonly HttpMessageInvoker _server;
    private readonly RealCluster _cluster;
    private readonly ConcurrentQueue<string> _requests = new();

    private ForwardingServer(WebApplication site, RealCluster cluster)
    {
        (_site, _cluster) = (site, cluster);
        _server = new HttpMessageInvoker(cluster.CreateHandler());
    }

    /// <summary>Method and path, as they arrived.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public ConnectionSettings Settings => new() { Name = _cluster.Name, Server = new Uri(_site.Urls.First()) };

    public static async Task<ForwardingServer> StartAsync(RealCluster cluster, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var site = builder.Build();
        var forwarding = new ForwardingServer(site, cluster);
        site.Run(forwarding.PassAsync);
        await site.StartAsync(cancellationToken);
        return forwarding;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _site.StopAsync(now.Token);
        await _site.DisposeAsync();
        _server.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var (asked, answer) = (context.Request, context.Response);
        _requests.Enqueue($"{asked.Method} {asked.Path}");
        using var message = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(_cluster.Server, asked.Path + asked.QueryString));
        if (asked.ContentLength > 0)
        {
            message.Content = new StreamContent(asked.Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", asked.ContentType);
        }

        message.Headers.TryAddWithoutValidation("Accept", asked.Headers.Accept.ToString());
        message.Headers.TryAddWithoutValidation("User-Agent", asked.Headers.UserAgent.ToString());
        try
        {
            using var got = await _server.SendAsync(message, context.RequestAborted);
            answer.StatusCode = (int)got.StatusCode;
            answer.ContentType = got.Content.Headers.ContentType?.ToString();
            await using var body = await got.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[16 * 1024];
            while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
            {
                await answer.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                await answer.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException && context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
    }
}
