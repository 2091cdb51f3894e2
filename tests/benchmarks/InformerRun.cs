using System.Diagnostics;
using System.Globalization;
using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Benchmarks;

/// <summary>Lists 1,000,000 objects' metadata from a server made up in process into an informer of versions, and prints what an entry costs.</summary>
internal static class InformerRun
{
    private const int Entries = 1_000_000;
    private const int Namespaces = 100;
    private const int PageSize = 5_000;
    private const double Bar = 250;

    /// <summary>False when an entry costs more than the bar.</summary>
    public static async Task<bool> PrintAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var client = new KubeClientFactory([new MadeUpServer()]).Create(new ConnectionSettings { Name = "made-up", Server = new Uri("http://made.up") });

        // What the code itself needs (types, pools, buffers) is paid by a first informer that is let go again.
        await FilledAsync(client, "first", cancellationToken);

        // A continuation runs on top of what it continues, which would keep the first informer alive.
        await Task.Yield();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var begin = Stopwatch.GetTimestamp();
        var informer = await FilledAsync(client, "second", cancellationToken);
        await Task.Yield();
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        var strings = informer.Snapshot().Sum(entry => StringBytes(entry.Key.Name) + StringBytes(entry.Value.ResourceVersion));
        var perEntry = (held - strings) / (double)Entries;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{informer.Count} entries listed in {seconds:0.0} s hold {held / 1048576.0:0} MiB: {held / (double)Entries:0.0} bytes per entry,"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"of which {strings / (double)Entries:0.0} are the strings of name and resourceVersion (22 + 2 x length, rounded up to 8, each),"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"and {perEntry:0.0} everything else: key, uid (kept as a number), shared namespace, generation, hash table. The bar is {Bar:0}."));
        return informer.Count == Entries && perEntry <= Bar;
    }

    private static async Task<Informer<VersionEntry>> FilledAsync(IKubeClient client, string prefix, CancellationToken cancellationToken)
    {
        var informer = Informers.OfVersions(client, KnownResources.ConfigMaps, new ListQuery { LabelSelector = prefix, PageSize = PageSize });
        await foreach (var change in informer.RunAsync(cancellationToken))
        {
            if (change.Change == InformerChange.Synced)
            {
                break;
            }
        }

        return informer;
    }

    private static long StringBytes(string text) => (22 + (2L * text.Length) + 7) / 8 * 8;

    /// <summary>Serves pages of metadata, as many as there are entries for.</summary>
    private sealed class MadeUpServer : HttpMessageHandler, IKubeTransport
    {
        public HttpMessageHandler? TryCreateHandler(Uri server) => this;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var token = request.RequestUri!.Query.TrimStart('?').Split('&').FirstOrDefault(pair => pair.StartsWith("continue=", StringComparison.Ordinal));
            var start = token is null ? 0 : int.Parse(token["continue=".Length..], CultureInfo.InvariantCulture);
            var end = Math.Min(start + PageSize, Entries);
            var next = end < Entries ? end.ToString(CultureInfo.InvariantCulture) : string.Empty;
            var body = new StringBuilder();
            body.Append(
                CultureInfo.InvariantCulture,
                $$"""{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"9000000","continue":"{{next}}"},"items":[""");
            for (var i = start; i < end; i++)
            {
                var (@namespace, uid) = (i / (Entries / Namespaces), new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
                body.Append(i == start ? string.Empty : ",").Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"metadata":{"name":"name-{{i:D7}}","namespace":"ns-{{@namespace:D2}}","uid":"{{uid}}","resourceVersion":"{{1_000_000 + i}}","generation":1} }""");
            }

            body.Append("]}");
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(body.ToString(), Encoding.UTF8, "application/json") });
        }
    }
}
