using System.Globalization;
using KubeFed.Benchmarks;
using KubeFed.TestSupport.Servers;

// dotnet run -c Release --project tests/benchmarks [-- COUNT [ROUNDS] | planner | informer | scale [RESOURCES [MEMBERS]]]
if (args is ["planner"])
{
    PlannerRun.Print(Console.Out);
    return 0;
}

if (args is ["informer"])
{
    return await InformerRun.PrintAsync(Console.Out, CancellationToken.None) ? 0 : 1;
}

if (args is ["scale", ..])
{
    var resources = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
    var members = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
    return await new ScaleRun(resources, members).PrintAsync(Console.Out, CancellationToken.None) ? 0 : 1;
}

if (RealClusters.SkipReason is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}

var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

await using var clusters = await RealClusters.StartAsync(4, stop.Token);
using var arena = await Arena.OpenAsync(clusters, count, stop.Token);
var rows = new List<Measurement>();
for (var round = 1; round <= rounds; round++)
{
    // Taking turns, so that what else the machine does falls on all alike.
    await foreach (var row in new FederationRun(arena, round).RunAsync(stop.Token))
    {
        rows.Add(row);
    }

    await foreach (var row in new BareLoop(arena, round).RunAsync(stop.Token))
    {
        rows.Add(row);
    }

    await foreach (var row in new KubectlRun(arena, round).RunAsync(stop.Token))
    {
        rows.Add(row);
    }
}

Report.Print(Console.Out, rows, count, rounds, clusters.ServerVersion);
return 0;
