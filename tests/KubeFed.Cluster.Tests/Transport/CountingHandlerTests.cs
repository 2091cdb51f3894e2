using System.Net;
using System.Text;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Cluster.Tests.Transport;

public sealed class CountingHandlerTests
{
    [Fact]
    public async Task Requests_are_recorded_in_order_with_body_and_answer()
    {
        using var counting = new CountingHandler(new Echo(HttpStatusCode.Created));
        using var client = new HttpClient(counting) { BaseAddress = new Uri("http://one.invalid") };

        await client.GetAsync("/api/v1/pods?limit=5", TestContext.Current.CancellationToken);
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        await client.PostAsync("/api/v1/namespaces", body, TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                new RecordedRequest("GET", "/api/v1/pods", "?limit=5", null, null, HttpStatusCode.Created),
                new RecordedRequest("POST", "/api/v1/namespaces", "", "application/json", "{}", HttpStatusCode.Created),
            ],
            counting.Requests);
        Assert.Equal(1, counting.Count(HttpMethod.Get, "/pods"));
        Assert.Equal(2, counting.Count());
    }

    [Theory]
    [InlineData("GET", "/api/v1/pods", false)]
    [InlineData("POST", "/api/v1/namespaces", true)]
    [InlineData("PATCH", "/api/v1/namespaces/a?fieldManager=kubefed", true)]
    [InlineData("PATCH", "/api/v1/namespaces/a?dryRun=All", false)]
    [InlineData("DELETE", "/api/v1/namespaces/a", true)]
    [InlineData("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", false)]
    [InlineData("POST", "/api/v1/namespaces/a/serviceaccounts/b/token", false)]
    [InlineData("POST", "/api/v1/namespaces/a/serviceaccounts", true)]
    public async Task A_write_is_what_may_change_the_store(string method, string path, bool isWrite)
    {
        using var counting = new CountingHandler(new Echo(HttpStatusCode.OK));
        using var client = new HttpClient(counting) { BaseAddress = new Uri("http://one.invalid") };

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(isWrite, counting.Writes.Count == 1);
    }

    [Fact]
    public async Task A_request_without_an_answer_is_recorded_and_clear_forgets_it()
    {
        using var counting = new CountingHandler(new FaultHandler(new Echo(HttpStatusCode.OK)).OnRequest(1, Fault.Unreachable));
        using var client = new HttpClient(counting) { BaseAddress = new Uri("http://one.invalid") };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.DeleteAsync("/api/v1/namespaces/a", TestContext.Current.CancellationToken));

        Assert.Null(Assert.Single(counting.Writes).Status);
        counting.Clear();
        Assert.Empty(counting.Requests);
    }
}
