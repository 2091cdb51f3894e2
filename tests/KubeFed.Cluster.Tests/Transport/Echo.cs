using System.Net;

namespace KubeFed.Cluster.Tests.Transport;

/// <summary>A server that answers everything alike and counts.</summary>
internal sealed class Echo(HttpStatusCode status) : HttpMessageHandler
{
    private int _received;

    public int Received => _received;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _received);
        return Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent("{}") });
    }
}
