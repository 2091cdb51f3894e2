using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace KubeFed.Benchmarks;

/// <summary><c>kubectl apply --server-side</c> of one file with all objects, one process per member in parallel. It writes no status.</summary>
internal sealed class KubectlRun(Arena arena, int round)
{
    private string Space { get; } = $"bench-kubectl-{round}";


    internal async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (arena.Clusters.Binaries.Kubectl is null)
        {
            yield break;
        }

        await AllAsync(["create", "namespace", Space], cancellationToken);
        var folder = Directory.CreateTempSubdirectory("kubefed-bench");
        try
        {
            var first = Path.Combine(folder.FullName, "first.yaml");
            var second = Path.Combine(folder.FullName, "second.yaml");
            await File.WriteAllTextAsync(first, Manifests("first"), cancellationToken);
            await File.WriteAllTextAsync(second, Manifests("second"), cancellationToken);
            var create = await TimeAsync(Phase.Create, ["apply", "--server-side", "-f", first], cancellationToken);
            yield return create;
            yield return create with { Phase = Phase.CreateForeign };
            var nothing = await TimeAsync(Phase.Nothing, ["apply", "--server-side", "-f", first], cancellationToken);
            yield return nothing;
            yield return nothing with { Phase = Phase.NothingFromCache };
            yield return await TimeAsync(Phase.Update, ["apply", "--server-side", "-f", second], cancellationToken);
            yield return await TimeAsync(Phase.Delete, ["delete", "--wait=false", "-f", second], cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string Manifests(string version)
    {
        var text = new StringBuilder();
        foreach (var name in arena.Names)
        {
            text.Append($"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {Space}\n");
            text.Append($"data:\n  payload: \"{version.PadRight(256, '.')}\"\n---\n");
        }

        return text.ToString();
    }

    private Task<Measurement> TimeAsync(Phase phase, string[] arguments, CancellationToken cancellationToken) =>
        Stopwatches.TimeAsync("kubectl", phase, () => 0, () => AllAsync(arguments, cancellationToken));

    private Task AllAsync(string[] arguments, CancellationToken cancellationToken) =>
        Task.WhenAll(arena.Clusters.Clusters.Skip(1).Select(cluster => OneAsync(cluster.Name, arguments, cancellationToken)));

    private async Task OneAsync(string context, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(arena.Clusters.Binaries.Kubectl!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--kubeconfig", arena.Clusters.KubeconfigPath, "--context", context }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        await output;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"kubectl {arguments[0]} in {context}: {await error}");
        }
    }
}
