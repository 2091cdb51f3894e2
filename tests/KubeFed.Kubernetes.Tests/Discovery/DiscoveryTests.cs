using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Discovery;

public class DiscoveryTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly Dictionary<string, string> Legacy = new()
    {
        ["/api"] = """{"kind":"APIVersions","versions":["v1"]}""",
        ["/api/v1"] = Resources(("events", "Event", "event", "ev"), ("pods", "Pod", "", "po"), ("pods/log", "Pod", "", "")),
        ["/apis"] = """
            {"kind":"APIGroupList","groups":[
             {"name":"apps","versions":[{"version":"v1"},{"version":"v1beta1"}],"preferredVersion":{"version":"v1"} },
             {"name":"extensions","versions":[{"version":"v1beta1"}],"preferredVersion":{"version":"v1beta1"} },
             {"name":"events.k8s.io","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"} },
             {"name":"broken.io","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"} },
             {"name":"batch","versions":[{"version":"v1"},{"version":"v1beta1"}],"preferredVersion":{"version":"v1"} }]}
            """,
        ["/apis/apps/v1"] = Resources(("deployments", "Deployment", "deployment", "deploy"), ("deployments/scale", "Scale", "", "")),
        ["/apis/apps/v1beta1"] = Resources(("deployments", "Deployment", "deployment", "deploy")),
        ["/apis/extensions/v1beta1"] = Resources(("deployments", "Deployment", "deployment", "deploy"), ("ingresses", "Ingress", "ingress", "ing")),
        ["/apis/events.k8s.io/v1"] = Resources(("events", "Event", "event", "ev")),
        ["/apis/batch/v1"] = Resources(("jobs", "Job", "job", "")),
        ["/apis/batch/v1beta1"] = Resources(("cronjobs", "CronJob", "cronjob", "cj")),
    };

    private static readonly Dictionary<string, string> Aggregated = new()
    {
        ["/api"] = """{"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[{"resource":"pods","responseKind":{"kind":"Pod"},"scope":"Namespaced","shortNames":["po"]}]}]}]}""",
        ["/apis"] = """
            {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
             {"metadata":{"name":"apps"},"versions":[
               {"version":"v1","freshness":"Current","resources":[{"resource":"deployments","singularResource":"deployment","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},
                "scope":"Namespaced","verbs":["get"],"subresources":[{"subresource":"scale"},{"subresource":"status"}]}]},
               {"version":"v1beta1","resources":[{"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced"}]}]},
             {"metadata":{"name":"stale.io"},"versions":[{"version":"v1","freshness":"Stale","resources":[]}]}]}
            """,
    };

    [Fact] // K-30
    public async Task A_broken_group_is_named_and_the_rest_is_found()
    {
        using var client = Serve(Legacy).Client();

        var all = await client.Discovery.GetAllAsync(None);

        Assert.Contains("broken.io/v1", Assert.Single(all.Failures), StringComparison.Ordinal);
        Assert.Equal(9, all.Resources.Count);
        Assert.Equal("deployments.apps", (await client.Discovery.ResolveAsync("deployments.apps", null, None)).QualifiedName);
    }

    [Fact]
    public async Task Each_group_is_preferred_in_its_preferred_version_and_what_that_lacks_in_the_next()
    {
        using var client = Serve(Legacy).Client();

        var preferred = (await client.Discovery.GetPreferredAsync(None)).Resources.Select(resource => resource.ToString()).ToList();

        Assert.Contains("deployments.apps/v1", preferred);
        Assert.DoesNotContain("deployments.apps/v1beta1", preferred);
        Assert.Contains("cronjobs.batch/v1beta1", preferred);
    }

    [Fact]
    public async Task Subresources_stand_with_their_resource()
    {
        using var client = Serve(Legacy).Client();

        var deployments = (await client.Discovery.ResolveAsync("deployments.apps", null, None));

        Assert.Equal(["scale"], deployments.Subresources);
        Assert.DoesNotContain((await client.Discovery.GetAllAsync(None)).Resources, resource => resource.Plural.Contains('/', StringComparison.Ordinal));
    }

    [Theory] // K-31, K-32, K-33
    [InlineData("pods", "pods")]
    [InlineData("Pod", "pods")]
    [InlineData("PO", "pods")]
    [InlineData("po", "pods")]
    [InlineData("ing", "ingresses.extensions")]
    [InlineData("ingress", "ingresses.extensions")]
    [InlineData("Ingress", "ingresses.extensions")]
    [InlineData("Deployments.APPS", "deployments.apps")]
    [InlineData("events", "events")]
    [InlineData("events.events.k8s.io", "events.events.k8s.io")]
    [InlineData("job", "jobs.batch")]
    public async Task Names_are_resolved_as_kubefedctl_does(string name, string expected)
    {
        using var client = Serve(Legacy).Client();

        Assert.Equal(expected, (await client.Discovery.ResolveAsync(name, null, None)).QualifiedName);
    }

    [Fact] // K-32
    public async Task Several_matches_are_an_error_that_lists_them()
    {
        using var client = Serve(Legacy).Client();

        var error = await Assert.ThrowsAsync<ApiLookupException>(() => client.Discovery.ResolveAsync("deployment", null, None));

        Assert.Equal("Multiple resources are matched by \"deployment\": deployments.apps, deployments.extensions. A group-qualified plural name must be provided.", error.Message);
        Assert.Equal(["deployments.apps", "deployments.extensions"], error.Candidates);
    }

    [Fact] // K-32
    public async Task No_match_is_an_error_with_what_comes_near()
    {
        using var client = Serve(Legacy).Client();

        var error = await Assert.ThrowsAsync<ApiLookupException>(() => client.Discovery.ResolveAsync("deploymnets.apps", null, None));

        Assert.Equal("Unable to find api resource named \"deploymnets.apps\".", error.Message);
        Assert.Equal(["deployments.apps"], error.Candidates);
        Assert.Contains("deployments.apps", error.Remedy, StringComparison.Ordinal);
    }

    [Theory] // K-31
    [InlineData("deployments.apps", "v1beta1", "deployments.apps/v1beta1")]
    [InlineData("deploy", "v1", "deployments.apps/v1")]
    public async Task With_a_version_only_that_one_counts(string name, string version, string expected)
    {
        using var client = Serve(Legacy).Client();

        Assert.Equal(expected, (await client.Discovery.ResolveAsync(name, version, None)).ToString());
        await Assert.ThrowsAsync<ApiLookupException>(() => client.Discovery.ResolveAsync("pods", "v9", None));
    }

    [Fact]
    public async Task Aggregated_discovery_takes_two_requests()
    {
        var api = Serve(Aggregated);
        using var client = api.Client();

        var all = await client.Discovery.GetAllAsync(None);

        Assert.Equal(["/api", "/apis"], api.Requests.Select(sent => sent.Path).Order());
        Assert.All(api.Requests, sent =>
            Assert.StartsWith("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,", sent.Headers["Accept"], StringComparison.Ordinal));
        Assert.Equal(["pods/v1", "deployments.apps/v1", "deployments.apps/v1beta1"], all.Resources.Select(resource => resource.ToString()));
        Assert.Equal(["scale", "status"], all.Resources[1].Subresources);
        Assert.Contains("stale.io/v1", Assert.Single(all.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_take_the_media_types_is_asked_plainly()
    {
        var api = new FakeApi(sent => sent.Headers["Accept"].Contains("apidiscovery", StringComparison.Ordinal) ? FakeApi.Refuse(406, "NotAcceptable")
            : Answer(Legacy, sent));
        using var client = api.Client();

        Assert.NotEmpty((await client.Discovery.GetAllAsync(None)).Resources);
    }

    [Fact]
    public async Task What_was_read_whole_is_kept_until_told_otherwise()
    {
        var whole = new Dictionary<string, string>(Legacy) { ["/apis/broken.io/v1"] = Resources() };
        var api = Serve(whole);
        using var client = api.Client();
        await client.Discovery.GetAllAsync(None);
        var count = api.Requests.Count;

        await client.Discovery.GetPreferredAsync(None);
        await client.Discovery.ResolveAsync("pods", null, None);
        Assert.Equal(count, api.Requests.Count);
        client.Discovery.Invalidate();
        await client.Discovery.GetAllAsync(None);

        Assert.Equal(2 * count, api.Requests.Count);
    }

    [Fact]
    public async Task A_type_that_appears_later_is_found_though_the_cache_is_older()
    {
        var served = new Dictionary<string, string>(Legacy) { ["/apis/broken.io/v1"] = Resources() };
        var api = Serve(served);
        using var client = api.Client();
        Assert.Null(await client.Discovery.FindAsync(new GroupVersionKind("new.io", "v1", "Widget"), None));
        await Assert.ThrowsAsync<ApiLookupException>(() => client.Discovery.ResolveAsync("widgets", null, None));

        served["/apis"] = served["/apis"].Replace("\"groups\":[", "\"groups\":[{\"name\":\"new.io\",\"versions\":[{\"version\":\"v1\"}]},",
            StringComparison.Ordinal);
        served["/apis/new.io/v1"] = Resources(("widgets", "Widget", "widget", "wd"));

        Assert.Equal("widgets.new.io", (await client.Discovery.FindAsync(new GroupVersionKind("new.io", "v1", "Widget"), None))!.QualifiedName);
        Assert.Equal("widgets.new.io", (await client.Discovery.ResolveAsync("wd", null, None)).QualifiedName);
    }

    [Fact]
    public async Task A_failed_reading_is_not_kept()
    {
        var down = true;
        var api = new FakeApi(sent => down ? FakeApi.Refuse(500, "InternalError") : Answer(Legacy, sent));
        using var client = api.Client();
        await Assert.ThrowsAsync<KubeApiException>(() => client.Discovery.GetAllAsync(None));

        down = false;

        Assert.NotEmpty((await client.Discovery.GetAllAsync(None)).Resources);
    }

    [Fact]
    public async Task One_callers_cancellation_does_not_spoil_the_reading_for_others()
    {
        var gate = new TaskCompletionSource();
        var api = new FakeApi(async (sent, _) =>
        {
            await gate.Task;
            return Answer(Legacy, sent);
        });
        using var client = api.Client();
        using var caller = new CancellationTokenSource();
        var first = client.Discovery.GetAllAsync(caller.Token);
        var second = client.Discovery.GetAllAsync(None);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.NotEmpty((await second).Resources);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    public async Task An_answer_that_is_no_document_is_a_typed_error(string body)
    {
        using var client = new FakeApi(() => FakeApi.Json(body)).Client();

        await Assert.ThrowsAsync<KubeConnectionException>(() => client.Discovery.GetAllAsync(None));
    }

    private static FakeApi Serve(Dictionary<string, string> documents) => new(sent => Answer(documents, sent));

    private static HttpResponseMessage Answer(Dictionary<string, string> documents, Sent sent) =>
        documents.TryGetValue(sent.Path, out var body) ? FakeApi.Json(body)
        : sent.Path.Contains("broken", StringComparison.Ordinal) ? FakeApi.Refuse(503, "ServiceUnavailable")
        : FakeApi.Refuse(404, "NotFound");

    private static string Resources(params (string Name, string Kind, string Singular, string ShortName)[] resources) =>
        $$"""{"kind":"APIResourceList","resources":[{{string.Join(',', resources.Select(r =>
            $$$"""{"name":"{{{r.Name}}}","kind":"{{{r.Kind}}}","singularName":"{{{r.Singular}}}","namespaced":true,"shortNames":[{{{(r.ShortName.Length == 0 ? "" : $"\"{r.ShortName}\"")}}}],"verbs":["get"]}"""))}}]}""";
}
