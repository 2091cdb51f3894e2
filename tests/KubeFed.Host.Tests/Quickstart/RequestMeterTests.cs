using System.Net;
using KubeFed.Host.Quickstart;

namespace KubeFed.Host.Tests.Quickstart;

public sealed class RequestMeterTests
{
    private static readonly Uri s_server = new("http://a.invalid/base");

    [Fact]
    public async Task Every_request_that_is_not_a_read_counts_as_a_write_whatever_becomes_of_it()
    {
        var meter = new RequestMeter();
        using var client = new HttpClient(meter.Attach(s_server, new Answer(HttpStatusCode.InternalServerError)));
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "http://a.invalid/x");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        Assert.Equal(4, meter.Writes(s_server));
        Assert.Equal(2, meter.Reads(s_server));
    }

    [Fact]
    public async Task Clients_of_one_server_share_a_count_and_servers_do_not()
    {
        var meter = new RequestMeter();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            using var client = new HttpClient(meter.Attach(new Uri("http://a.invalid"), new Answer(HttpStatusCode.OK)));
            using var response = await client.PostAsync(new Uri("http://a.invalid/x"), null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, meter.Writes(s_server));
        Assert.Equal(0, meter.Writes(new Uri("http://b.invalid")));
    }

    private sealed class Answer(HttpStatusCode code) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(code));
    }
}
