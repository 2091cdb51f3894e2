namespace KubeFed.PowerShell.Running;

/// <summary>Tells the running cmdlet of each request (<c>-Verbose</c>): method, URL, code and milliseconds; never a header or a body.</summary>
internal static class RequestTrace
{
    // A session's clients outlive the cmdlets that use them; which cmdlet a request belongs to is known only by the flow of the call.
    private static readonly AsyncLocal<IOperationSink?> s_sink = new();

    public static IOperationSink? Current => s_sink.Value;

    public static async Task FollowAsync(IOperationSink sink, Func<Task> work)
    {
        s_sink.Value = sink;
        await work().ConfigureAwait(false);
    }

    public static HttpMessageHandler Wrap(HttpMessageHandler inner, string cluster) => new Handler(inner, cluster);

    private sealed class Handler(HttpMessageHandler inner, string cluster) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (s_sink.Value is not { } sink)
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }

            var start = TimeProvider.System.GetTimestamp();
            try
            {
                var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                sink.Verbose(Line(request, start, ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)));
                return response;
            }
            catch (HttpRequestException error)
            {
                sink.Verbose(Line(request, start, error.Message));
                throw;
            }
        }

        private string Line(HttpRequestMessage request, long start, string outcome) =>
            $"{cluster}: {request.Method} {request.RequestUri?.PathAndQuery} {outcome} in {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms";
    }
}
