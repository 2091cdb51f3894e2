using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace KubeFed.Cluster.Tests.Flows;

/// <summary>What a member answers instead of what it should.</summary>
public enum Oddity
{
    None,
    MetadataNumber,
    NullItems,
    OddItem,
    EmptyObject,
    Html,
    EndlessBody,
    GzipBomb,
    EndlessPages,
    SamePageAgain,
    DeepNesting,
    NotUtf8,
    ForgedLines,
}

/// <summary>
/// A member on a real socket: passes everything on to an API server until it is told to answer lists and writes of ConfigMaps in its own way.
/// </summary>
public sealed class OddMember : IAsyncDisposable
{
    private const long BombBytes = 1L << 30;

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _upstream;
    private readonly Uri _server;
    private int _page;

    private OddMember(WebApplication app, HttpMessageHandler upstream, Uri server) =>
        (_app, _upstream, _server) = (app, new HttpMessageInvoker(upstream), server);

    public Oddity Oddity { get; set; }

    public Uri Server => new(_app.Urls.First());

    public static async Task<OddMember> StartAsync(HttpMessageHandler upstream, Uri server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var member = new OddMember(app, upstream, server);
        app.Run(member.AnswerAsync);
        await app.StartAsync();
        return member;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (Oddity == Oddity.None || !context.Request.Path.Value!.Contains("/configmaps", StringComparison.Ordinal))
            {
                await PassOnAsync(context);
            }
            else
            {
                await AnswerOddlyAsync(context.Response, context.RequestAborted);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client has had enough, which is what it should.
        }
    }

    private async Task PassOnAsync(HttpContext context)
    {
        using var message = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), _server.GetLeftPart(UriPartial.Authority) + context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        if (context.Request.ContentLength > 0)
        {
            message.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is "Accept" or "Authorization" or "Content-Type"))
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var answer = await _upstream.SendAsync(message, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task AnswerOddlyAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = Oddity == Oddity.Html ? "text/html" : "application/json";
        switch (Oddity)
        {
            case Oddity.EndlessBody:
                await response.WriteAsync("""{"items":[{"metadata":{"name":"a"},"data":{"x":""" + "\"", cancellationToken);
                await FillAsync(response.Body, long.MaxValue, cancellationToken);
                return;
            case Oddity.GzipBomb:
                response.Headers.ContentEncoding = "gzip";
                var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
                await using (gzip.ConfigureAwait(false))
                {
                    await FillAsync(gzip, BombBytes, cancellationToken);
                }

                return;
            case Oddity.NotUtf8:
                byte[] bytes = [.. """{"kind":"ConfigMap","metadata":{"name":"""u8, (byte)'"', 0xff, 0xfe, (byte)'"', .. "}}"u8];
                await response.Body.WriteAsync(bytes, cancellationToken);
                return;
            case Oddity.ForgedLines:
                response.StatusCode = 403;
                break;
        }

        await response.WriteAsync(Body(), Encoding.UTF8, cancellationToken);
    }

    private string Body() => Oddity switch
    {
        Oddity.MetadataNumber => """{"metadata":4}""",
        Oddity.NullItems => """{"kind":"List","metadata":{},"items":[null,null]}""",
        Oddity.OddItem => """{"kind":"List","metadata":{},"items":[{"metadata":{"name":"a","labels":4}}]}""",
        Oddity.EmptyObject => "{}",
        Oddity.Html => "<html><body>Please log in</body></html>",
        Oddity.EndlessPages => $$"""{"kind":"List","metadata":{"continue":"t{{Interlocked.Increment(ref _page)}}"},"items":[]}""",
        Oddity.SamePageAgain => """{"kind":"List","metadata":{"continue":"t"},"items":[]}""",
        Oddity.DeepNesting => $$"""{"items":{{new string('[', 100_000)}}{{new string(']', 100_000)}} }""",
        Oddity.ForgedLines => "{\"kind\":\"Status\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"no\\r\\nE1201 forged\\u001b[2J\\u202e\\u0085\\u200b\"}",
        _ => throw new InvalidOperationException($"{Oddity} has no body."),
    };

    private static async Task FillAsync(Stream stream, long bytes, CancellationToken cancellationToken)
    {
        var block = new byte[64 * 1024];
        block.AsSpan().Fill((byte)'x');
        for (var sent = 0L; sent < bytes; sent += block.Length)
        {
            await stream.WriteAsync(block, cancellationToken);
        }
    }
}
