using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Client;

public class SynchronizationTests
{
    /// <summary>A caller that blocks its own context, as a user interface or a pipeline may, must not wait for ever.</summary>
    [Fact]
    public async Task Nothing_comes_back_to_the_callers_synchronization_context()
    {
        var context = new NoReturn();
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            try
            {
                CallAsync().GetAwaiter().GetResult();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        thread.Start();

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, context.Posts);
    }

    private static async Task CallAsync()
    {
        var api = new FakeApi(sent => sent.Query.ContainsKey("watch")
            ? new HttpResponseMessage { Content = new StringContent("""{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"2"}}}""" + "\n") }
            : sent.Path == "/apis" ? FakeApi.Json("""{"kind":"APIGroupList","groups":[]}""")
            : FakeApi.Json("""{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"1"},"items":[]}"""));
        using var client = new KubeClientFactory([api], wrap: (inner, _) => new SlowHandler(inner)).Create(FakeApi.Settings);
        var key = new ObjectKey("ns", "a");

        await client.GetAsync(KnownResources.ConfigMaps, key, CancellationToken.None).ConfigureAwait(false);
        await client.ListAsync(KnownResources.ConfigMaps, new ListQuery(), CancellationToken.None).ConfigureAwait(false);
        await client.Discovery.GetAllAsync(CancellationToken.None).ConfigureAwait(false);
        await foreach (var _ in client.WatchAsync(KnownResources.ConfigMaps, new ListQuery(), "1", CancellationToken.None).ConfigureAwait(false))
        {
            break;
        }
    }

    private sealed class SlowHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(5, cancellationToken).ConfigureAwait(false);
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class NoReturn : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posts);

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may be sent here.");
    }
}
