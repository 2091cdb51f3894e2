using KubeFed.Sandbox;
using KubeFed.Sandbox.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KubeFed.Host.SandboxServer;

/// <summary>Carries one HTTP exchange to a sandbox cluster and its answer back; a watch's lines go out one by one as they come.</summary>
internal static class RequestBridge
{
    private const string TooLarge =
        """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413}""";

    public static async Task AnswerAsync(HttpContext context, SandboxCluster cluster)
    {
        if (cluster.Offline)
        {
            context.Abort();
            return;
        }

        try
        {
            if (cluster.Latency > TimeSpan.Zero)
            {
                await Task.Delay(cluster.Latency, context.RequestAborted).ConfigureAwait(false);
            }

            var request = await ReadAsync(context).ConfigureAwait(false);
            await WriteAsync(context, cluster.Handle(request)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            context.Response.StatusCode = large.StatusCode;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(TooLarge, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, and with it whoever could be told.
            context.Abort();
        }
    }

    private static async Task<SandboxRequest> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Headers)
        {
            headers[name.ToLowerInvariant()] = string.Join(',', values.AsEnumerable());
        }

        // The path as sent: unescaping it here would make a slash within a name one between names.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return new SandboxRequest
        {
            Method = request.Method.ToUpperInvariant(),
            Path = question < 0 ? target : target[..question],
            Query = question < 0 ? string.Empty : target[question..],
            Headers = headers,
            Body = body.GetBuffer().AsMemory(0, (int)body.Length),
            ClientCertificate = context.Connection.ClientCertificate,
        };
    }

    private static async Task WriteAsync(HttpContext context, SandboxResponse answer)
    {
        var response = context.Response;
        response.StatusCode = answer.StatusCode;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (answer.Stream is { } stream)
        {
            // Headers first: a client that waits for the first event must know that its watch has begun.
            await response.StartAsync(context.RequestAborted).ConfigureAwait(false);
            await response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            await foreach (var line in stream.WithCancellation(context.RequestAborted).ConfigureAwait(false))
            {
                await response.Body.WriteAsync(line, context.RequestAborted).ConfigureAwait(false);
                await response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }

            return;
        }

        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
