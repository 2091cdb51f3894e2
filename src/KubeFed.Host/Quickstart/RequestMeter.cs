using System.Collections.Concurrent;

namespace KubeFed.Host.Quickstart;

/// <summary>
/// Counts requests where they leave the process, so that "no write" means no write: retries, status updates and anything a client does on its own
/// are all seen. Servers are told apart by address.
/// </summary>
public sealed class RequestMeter
{
    private readonly ConcurrentDictionary<string, Tally> _tallies = new(StringComparer.Ordinal);

    /// <summary>Puts the meter in front of a handler.</summary>
    public HttpMessageHandler Attach(Uri server, HttpMessageHandler inner) =>
        new CountingHandler(_tallies.GetOrAdd(Address(server), _ => new Tally()), inner);

    /// <summary>Requests that change something (every method but GET and HEAD) sent to a server so far.</summary>
    public long Writes(Uri server) => _tallies.TryGetValue(Address(server), out var tally) ? tally.Writes : 0;

    /// <summary>GET and HEAD requests sent to a server so far.</summary>
    public long Reads(Uri server) => _tallies.TryGetValue(Address(server), out var tally) ? tally.Reads : 0;

    private static string Address(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private sealed class Tally
    {
        private long _reads;
        private long _writes;

        public long Reads => Interlocked.Read(ref _reads);

        public long Writes => Interlocked.Read(ref _writes);

        public void Count(HttpMethod method)
        {
            if (method == HttpMethod.Get || method == HttpMethod.Head)
            {
                Interlocked.Increment(ref _reads);
            }
            else
            {
                Interlocked.Increment(ref _writes);
            }
        }
    }

    private sealed class CountingHandler(Tally tally, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            tally.Count(request.Method);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
