using System.Net;

namespace KubeFed.TestSupport.Transport;

/// <summary>Records every request that passes, so that a test can assert what the product really sent. Safe for concurrent use.</summary>
/// <example><code>
/// var counting = new CountingHandler(new SocketsHttpHandler());
/// ...
/// Assert.Empty(counting.Writes);
/// </code></example>
public sealed class CountingHandler : DelegatingHandler
{
    private readonly Lock _gate = new();
    private readonly List<RecordedRequest> _requests = [];

    /// <summary>For a chain that sets <see cref="DelegatingHandler.InnerHandler"/> itself.</summary>
    public CountingHandler()
    {
    }

    public CountingHandler(HttpMessageHandler inner)
        : base(inner)
    {
    }

    /// <summary>Everything sent since the start or the last <see cref="Clear"/>, in the order it was sent; a copy.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The requests that may have changed what the server stores.</summary>
    public IReadOnlyList<RecordedRequest> Writes => [.. Requests.Where(request => request.IsWrite)];

    /// <summary>How many requests had this method and a path that contains <paramref name="pathPart"/>; a null counts them all.</summary>
    public int Count(HttpMethod? method = null, string? pathPart = null) =>
        Requests.Count(request =>
            (method is null || request.Method == method.Method)
            && (pathPart is null || request.Path.Contains(pathPart, StringComparison.Ordinal)));

    /// <summary>Forgets what was recorded. An answer still under way is forgotten too.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var uri = request.RequestUri ?? throw new InvalidOperationException("A request without a URI cannot be counted: set HttpRequestMessage.RequestUri.");
        var sent = new RecordedRequest(
            request.Method.Method, uri.AbsolutePath, uri.Query, request.Content?.Headers.ContentType?.MediaType, body, Status: null);
        lock (_gate)
        {
            _requests.Add(sent);
        }

        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        Answered(sent, response.StatusCode);
        return response;
    }

    private void Answered(RecordedRequest sent, HttpStatusCode status)
    {
        lock (_gate)
        {
            // By reference: two equal requests may be under way.
            var index = _requests.FindIndex(request => ReferenceEquals(request, sent));
            if (index >= 0)
            {
                _requests[index] = sent with { Status = status };
            }
        }
    }
}
