using System.Globalization;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Tests.Cli;

/// <summary>One run of the executable, in process.</summary>
internal sealed record KubefedRun(int ExitCode, string Out, string Error)
{
    internal IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static Task<KubefedRun> Of(params string[] args) => With([], string.Empty, args);

    internal static async Task<KubefedRun> With(IReadOnlyList<IKubeTransport> transports, string input, params string[] args)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var error = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var environment = new HostEnvironment { Out = output, Error = error, In = new StringReader(input), Transports = transports };
        var code = await KubefedCommandLine.RunAsync(args, environment, TestContext.Current.CancellationToken);
        return new KubefedRun(code, output.ToString(), error.ToString());
    }
}
