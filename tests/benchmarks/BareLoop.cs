using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Benchmarks;

/// <summary>
/// Exactly the writes the budget allows, by plain HttpClient with four connections per cluster and without reading an answer: nothing that does as much
/// can be faster on this machine.
/// </summary>
internal sealed class BareLoop(Arena arena, int round)
{
    private const int Connections = 4;
    private const string Manager = "fieldManager=kubefed&force=true";

    private long _writes;

    internal async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var space = $"bench-bare-{round}";
        var (host, member) = (Host(space), Member(space));
        await arena.DeclareAsync(space, byKubectl: false, cancellationToken);
        yield return await TimeAsync(
            Phase.Create,
            [(HttpMethod.Patch, host + "/status", Merge(Status("2024-01-01T00:00:00Z")))],
            [(HttpMethod.Patch, member + "?" + Manager, Apply(space, "first"))],
            cancellationToken);
        yield return await TimeAsync(
            Phase.Update,
            [(HttpMethod.Patch, host + "/status", Merge(Status("2024-01-02T00:00:00Z")))],
            [(HttpMethod.Patch, member + "?" + Manager, Apply(space, "second"))],
            cancellationToken);
        await arena.DeleteAsync(space, cancellationToken);
        yield return await TimeAsync(
            Phase.Delete,
            [(HttpMethod.Patch, host, Merge(Finalizer(present: false)))],
            [(HttpMethod.Delete, member, null)],
            cancellationToken);

        var foreign = space + "-foreign";
        await arena.DeclareAsync(foreign, byKubectl: true, cancellationToken);
        yield return await TimeAsync(
            Phase.CreateForeign,
            [(HttpMethod.Patch, Host(foreign), Merge(Finalizer(present: true))), (HttpMethod.Patch, Host(foreign) + "/status", Merge(Status("2024-01-01T00:00:00Z")))],
            [(HttpMethod.Patch, Member(foreign) + "?" + Manager, Apply(foreign, "first"))],
            cancellationToken);
        await arena.DeleteAsync(foreign, cancellationToken);
        await arena.SyncAsync(foreign, cancellationToken);
    }

    private static string Host(string space) => $"/apis/types.kubefed.io/v1beta1/namespaces/{space}/federatedconfigmaps/NAME";

    private static string Member(string space) => $"/api/v1/namespaces/{space}/configmaps/NAME";

    private static string Merge(JsonObject body) => "application/merge-patch+json " + body.ToJsonString();

    private static string Apply(string space, string version) => "application/apply-patch+yaml " + new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = "NAME", ["namespace"] = space, ["labels"] = new JsonObject { ["kubefed.io/managed"] = "true" } },
        ["data"] = Arena.Data(version),
    }.ToJsonString();

    private static JsonObject Finalizer(bool present) => new()
    {
        ["metadata"] = new JsonObject { ["finalizers"] = present ? new JsonArray("kubefed.io/sync-controller") : new JsonArray() },
    };

    private JsonObject Status(string time) => new()
    {
        ["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Propagation",
                ["status"] = "True",
                ["lastUpdateTime"] = time,
                ["lastTransitionTime"] = time,
            }),
            ["clusters"] = new JsonArray([.. arena.Clusters.Clusters.Skip(1).Select(cluster => new JsonObject { ["name"] = cluster.Name })]),
        },
    };

    private Task<Measurement> TimeAsync(
        Phase phase,
        (HttpMethod Method, string Path, string? Body)[] host,
        (HttpMethod Method, string Path, string? Body)[] member,
        CancellationToken cancellationToken) =>
        Stopwatches.TimeAsync("bare loop", phase, () => Interlocked.Read(ref _writes), () => Task.WhenAll(
            arena.Clusters.Clusters.Select((cluster, index) => SendAsync(cluster, index == 0 ? host : member, cancellationToken))));

    private async Task SendAsync(RealCluster cluster, (HttpMethod Method, string Path, string? Body)[] calls, CancellationToken cancellationToken)
    {
        using var client = cluster.CreateClient();
        await Parallel.ForEachAsync(
            arena.Names,
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                foreach (var (method, path, body) in calls)
                {
                    using var request = new HttpRequestMessage(method, path.Replace("NAME", name, StringComparison.Ordinal));
                    if (body is not null)
                    {
                        var type = body[..body.IndexOf(' ', StringComparison.Ordinal)];
                        var text = body[(type.Length + 1)..].Replace("NAME", name, StringComparison.Ordinal);
                        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
                        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
                    }

                    using var response = await client.SendAsync(request, token);
                    response.EnsureSuccessStatusCode();
                    Interlocked.Increment(ref _writes);
                }
            });
    }
}
