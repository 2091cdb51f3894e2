using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using KubeFed.Kubernetes.Client;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox;

/// <summary>Leads requests for <c>http://name.sandbox.invalid</c> to the clusters of one sandbox, without sockets.</summary>
public sealed class SandboxTransport(IReadOnlyList<SandboxCluster> clusters) : IKubeTransport
{
    private const string Suffix = ".sandbox.invalid";

    /// <inheritdoc/>
    public HttpMessageHandler? TryCreateHandler(Uri server)
    {
        if (!server.Host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var name = server.Host[..^Suffix.Length];
        var cluster = clusters.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return cluster is null ? null : new Handler(cluster);
    }

    private sealed class Handler(SandboxCluster cluster) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // Off the caller's stack and thread, as an answer from a socket would be.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            cancellationToken.ThrowIfCancellationRequested();
            if (cluster.Latency > TimeSpan.Zero)
            {
                await Task.Delay(cluster.Latency, cluster.State.Time, cancellationToken).ConfigureAwait(false);
            }

            if (cluster.Offline)
            {
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError,
                    $"Connection refused ({request.RequestUri?.Authority})",
                    new SocketException((int)SocketError.ConnectionRefused));
            }

            var response = cluster.Handle(await ReadAsync(request, cancellationToken).ConfigureAwait(false));
            return Answer(request, response);
        }

        private static async Task<SandboxRequest> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, values) in request.Headers.NonValidated)
            {
                headers[name.ToLowerInvariant()] = string.Join(name.Equals("user-agent", StringComparison.OrdinalIgnoreCase) ? ' ' : ',', values);
            }

            var body = ReadOnlyMemory<byte>.Empty;
            if (request.Content is { } content)
            {
                body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                foreach (var (name, values) in content.Headers.NonValidated)
                {
                    headers[name.ToLowerInvariant()] = string.Join(',', values);
                }
            }

            var uri = request.RequestUri ?? throw new InvalidOperationException("The request has no address.");
            return new SandboxRequest
            {
                Method = request.Method.Method.ToUpperInvariant(),
                Path = uri.AbsolutePath,
                Query = uri.Query,
                Headers = headers,
                Body = body,
            };
        }

        private static HttpResponseMessage Answer(HttpRequestMessage request, SandboxResponse response)
        {
            HttpContent content = response.Stream is { } stream
                ? new StreamContent(new ChunkStream(stream))
                : new ReadOnlyMemoryContent(response.Body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(response.ContentType);
            var answer = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { Content = content, RequestMessage = request, Version = HttpVersion.Version20 };
            foreach (var (name, value) in response.Headers)
            {
                answer.Headers.TryAddWithoutValidation(name, value);
            }

            return answer;
        }
    }
}
