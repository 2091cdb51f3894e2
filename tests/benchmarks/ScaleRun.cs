using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Benchmarks;

/// <summary>
/// A sync with nothing to do, of many resources in many clusters, which is what a sync mostly is. The clusters are a sandbox in this process; what they cost
/// is measured by the very same requests from a bare loop that reads the answers and does nothing with them.
/// </summary>
internal sealed class ScaleRun(int resources, int members)
{
    private const string Space = "scale";
    private const int Rounds = 5;

    /// <summary>What 10,000 resources in 10 clusters may cost the sync itself, in seconds of CPU, and with the sandbox's answers, in MiB of heap.</summary>
    private const double CpuBar = 3;
    private const double HeapBar = 500;

    private readonly ConcurrentQueue<(Uri Address, string Accept, string Authorization)> _requests = new();
    private bool _recording;

    /// <summary>Prints the measurement; false when nothing-to-do turns out to be something, or costs more than the bars.</summary>
    public async Task<bool> PrintAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var sandbox = Sandbox.Sandbox.Start(new SandboxOptions
        {
            Clusters = ["host", .. Enumerable.Range(1, members).Select(number => $"member{number}")],
            SimulateWorkloads = false,
            HistoryWindow = 16,
        });
        await using (sandbox.ConfigureAwait(false))
        {
            var clients = new KubeClientFactory([sandbox.Transport], wrap: (inner, _) => new Recorder(this, inner));
            using var host = clients.Create(sandbox.Host.Settings);
            using var federation = new Federation(
                new FederationOptions { Host = host, HostName = "host", Clients = clients, Loggers = NullLoggerFactory.Instance });
            var setUp = Stopwatch.StartNew();
            await PrepareAsync(sandbox, federation, cancellationToken);
            output.WriteLine(Invariant(
                $"{resources} ConfigMaps in {members} clusters, declared and synchronised in {setUp.Elapsed.TotalSeconds:0} s; then, with nothing to do:"));
            output.WriteLine();

            _recording = true;
            await SyncAsync(federation, cancellationToken);
            _recording = false;

            var syncs = new List<Cost>();
            var loops = new List<Cost>();
            var writes = sandbox.Clusters.Sum(cluster => cluster.Writes);
            for (var round = 0; round < Rounds; round++)
            {
                // Taking turns, so that what else the machine does falls on both alike.
                syncs.Add(await MeasureAsync(() => SyncAsync(federation, cancellationToken)));
                loops.Add(await MeasureAsync(() => BareAsync(sandbox, cancellationToken)));
            }

            Print(output, syncs, loops);
            writes = sandbox.Clusters.Sum(cluster => cluster.Writes) - writes;
            var (cpu, heap) = (Median(syncs, c => c.Cpu) - Median(loops, c => c.Cpu), Median(syncs, c => c.Peak));
            var bars = resources == 10_000 && members == 10;
            output.WriteLine(Invariant($"{_requests.Count} requests, {writes} writes, in each of {Rounds} rounds; the median counts."));
            output.WriteLine(bars
                ? Invariant($"The bars are {CpuBar:0} s of CPU for the sync itself and {HeapBar:0} MiB of heap.")
                : "There are no bars for this size.");
            return writes == 0 && (!bars || (cpu <= CpuBar && heap <= HeapBar));
        }
    }

    private static void Print(TextWriter output, List<Cost> syncs, List<Cost> loops)
    {
        output.WriteLine("| | CPU, s | wall, s | allocated, MiB | heap above what was held, peak, MiB |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var (name, costs) in new[] { ("kubefed sync with the sandbox", syncs), ("the same requests, bare loop", loops) })
        {
            var (cpu, wall, allocated, peak) = (Median(costs, c => c.Cpu), Median(costs, c => c.Wall), Median(costs, c => c.Allocated), Median(costs, c => c.Peak));
            output.WriteLine(Invariant($"| {name} | {cpu:0.00} | {wall:0.00} | {allocated:0} | {peak:0} |"));
        }

        var own = Median(syncs, c => c.Cpu) - Median(loops, c => c.Cpu);
        var ownAllocated = Median(syncs, c => c.Allocated) - Median(loops, c => c.Allocated);
        output.WriteLine(Invariant($"| **the sync itself** | **{own:0.00}** | | {ownAllocated:0} | |"));
        output.WriteLine();
    }

    private static double Median(List<Cost> costs, Func<Cost, double> part) => costs.Select(part).Order().ElementAt(costs.Count / 2);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static async Task<Cost> MeasureAsync(Func<Task> work)
    {
        var held = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var peak = 0L;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false) - held);
                    await Task.Delay(5).ConfigureAwait(false);
                }
            },
            CancellationToken.None);
        var (cpu, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await work();
        var cost = new Cost(
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            clock.Elapsed.TotalSeconds,
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1048576.0,
            0);
        await done.CancelAsync();
        await watching;
        return cost with { Peak = peak / 1048576.0 };
    }

    private async Task SyncAsync(Federation federation, CancellationToken cancellationToken)
    {
        var cells = 0;
        await foreach (var outcome in federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, cancellationToken))
        {
            cells++;
            if (!outcome.Succeeded)
            {
                throw new InvalidOperationException($"{outcome.Resource} in {outcome.Cluster}: {outcome.Reason} {outcome.Message}");
            }
        }

        if (cells != (resources + 1) * members)
        {
            throw new InvalidOperationException($"{cells} outcomes came, {(resources + 1) * members} were expected.");
        }
    }

    /// <summary>What the sync asked, asked again, several at a time as the sync does; the answers are read to their end.</summary>
    private Task BareAsync(Sandbox.Sandbox sandbox, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _requests,
        new ParallelOptions { MaxDegreeOfParallelism = members, CancellationToken = cancellationToken },
        async (asked, token) =>
        {
            using var invoker = new HttpMessageInvoker(sandbox.Transport.TryCreateHandler(asked.Address)!);
            using var request = new HttpRequestMessage(HttpMethod.Get, asked.Address);
            request.Headers.TryAddWithoutValidation("Accept", asked.Accept);
            request.Headers.TryAddWithoutValidation("Authorization", asked.Authorization);
            using var response = await invoker.SendAsync(request, token);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync(token);
        });

    private async Task PrepareAsync(Sandbox.Sandbox sandbox, Federation federation, CancellationToken cancellationToken)
    {
        await federation.ControlPlane.InstallAsync(new InstallRequest(), NullSink.Instance, cancellationToken);
        foreach (var member in sandbox.Members)
        {
            await federation.Clusters.JoinAsync(new JoinRequest { Name = member.Name, Member = member.Settings }, NullSink.Instance, cancellationToken);
        }

        await federation.Types.EnableAsync(new EnableRequest { Name = "namespaces" }, NullSink.Instance, cancellationToken);
        await federation.Types.EnableAsync(new EnableRequest { Name = "configmaps" }, NullSink.Instance, cancellationToken);
        var namespaces = await federation.Types.ResolveAsync("namespaces", cancellationToken);
        var maps = await federation.Types.ResolveAsync("configmaps", cancellationToken);
        var space = sandbox.Host.Seed(KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(Space)));
        await federation.Resources.CreateAsync(federation.Resources.FromTarget(namespaces, space, PlacementSpec.All), dryRun: false, cancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, resources), cancellationToken, async (number, token) =>
        {
            var draft = federation.Resources.Draft(new NewFederatedResource
            {
                Type = maps,
                Key = new ObjectKey(Space, $"cm-{number:d6}"),
                Template = new JsonObject { ["data"] = Arena.Data("first") },
                Placement = PlacementSpec.All,
            });
            await federation.Resources.CreateAsync(draft, dryRun: false, token);
        });
        await SyncAsync(federation, cancellationToken);
    }

    private sealed record Cost(double Cpu, double Wall, double Allocated, double Peak);

    /// <summary>Remembers what a sync asks for.</summary>
    private sealed class Recorder(ScaleRun run, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (run._recording)
            {
                run._requests.Enqueue((request.RequestUri!, request.Headers.Accept.ToString(), request.Headers.Authorization?.ToString() ?? string.Empty));
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
