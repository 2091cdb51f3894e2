using System.Diagnostics;

namespace KubeFed.Host.Tests.Kubectl;

/// <summary>What one run of kubectl said.</summary>
public sealed record KubectlResult(int ExitCode, string Out, string Error);

/// <summary>Runs the real kubectl in one namespace of one cluster, with a home of its own for its caches.</summary>
public sealed class KubectlSession(string executable, string home, string kubeconfig, string @namespace)
{
    public string Namespace => @namespace;

    /// <summary>Standard output of a run that must succeed.</summary>
    public async Task<string> OkAsync(params string[] args)
    {
        var result = await RunAsync(args);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', args)} exits with {result.ExitCode}: {result.Out}{result.Error}");
        return result.Out;
    }

    /// <summary>Applies, creates or deletes a manifest given as text: <c>kubectl args -f -</c>.</summary>
    public Task<KubectlResult> WithAsync(string manifest, params string[] args) => RunAsync([.. args, "-f", "-"], manifest);

    public Task<KubectlResult> RunAsync(params string[] args) => RunAsync(args, input: null);

    /// <summary>Starts a run that goes on by itself, such as a watch.</summary>
    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(executable, ["--namespace", @namespace, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["HOME"] = home;
        start.Environment["KUBE_EDITOR"] = "sed -i s/before/after/";
        return Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start.");
    }

    private async Task<KubectlResult> RunAsync(string[] args, string? input)
    {
        using var process = Start(args);
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return new KubectlResult(process.ExitCode, await output, await errors);
    }
}
