using KubeFed.Engine;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Cli;

/// <summary>Turns what a command threw into one readable line and an exit code.</summary>
internal static class Guard
{
    /// <remarks>K-1: <c>Error: text</c> on standard error, without the stack dump kubefedctl adds (P-6).</remarks>
    internal static async Task<int> RunAsync(HostEnvironment environment, Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            return Fail(environment, error.Message, null, ExitCode.Usage);
        }
        catch (FederationException error)
        {
            return Fail(environment, error.Message, error.Remedy, ExitCode.Failed);
        }
        catch (KubeException error)
        {
            return Fail(environment, error.Message, error.Remedy, ExitCode.Failed);
        }
        catch (IOException error)
        {
            return Fail(environment, error.Message, null, ExitCode.Failed);
        }
        catch (UnauthorizedAccessException error)
        {
            return Fail(environment, error.Message, null, ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            return Fail(environment, "cancelled", null, ExitCode.Cancelled);
        }
    }

    private static int Fail(HostEnvironment environment, string message, string? remedy, int code)
    {
        environment.Error.WriteLine($"Error: {message}");
        if (remedy is not null)
        {
            environment.Error.WriteLine(remedy);
        }

        return code;
    }
}
