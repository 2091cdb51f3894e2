namespace KubeFed.Cluster.Tests.Flows;

/// <summary>Cuts the connection to one server after so many more requests, for every client there is and will be.</summary>
public sealed class Cut
{
    private int _left = int.MaxValue;
    private string _host = string.Empty;

    public void After(int requests, Uri server)
    {
        _host = server.Authority;
        Interlocked.Exchange(ref _left, requests);
    }

    public void Heal() => Interlocked.Exchange(ref _left, int.MaxValue);

    public DelegatingHandler Wrap(HttpMessageHandler inner) => new Handler(this, inner);

    private sealed class Handler(Cut cut, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Authority == cut._host && Volatile.Read(ref cut._left) != int.MaxValue && Interlocked.Decrement(ref cut._left) < 0)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "the cable is cut");
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
