using KubeFed.Engine;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Cli;

/// <summary>Turns what a command threw into one readable line and an exit code.</summary>
internal static class Guard
{
    /// <summary>From this verbosity on a defect is told with all its details.</summary>
    private const int DetailVerbosity = 2;

    /// <summary>The environment variable that asks for the same.</summary>
    private const string DetailVariable = "KUBEFED_DEBUG";

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

    /// <summary>Says in one sentence that something happened that nobody foresaw; all of it where details are asked for.</summary>
    /// <param name="environment">Where to, and whether its variables ask for details.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="verbosity">The value of <c>--v</c>.</param>
    internal static int Tell(HostEnvironment environment, Exception error, int verbosity)
    {
        var details = verbosity >= DetailVerbosity || environment.Variable(DetailVariable) is { Length: > 0 };
        var where = details ? "report it with what follows" : $"run it again with --v={DetailVerbosity} or {DetailVariable}=1 for the details, and report them";
        environment.Error.WriteLine($"Error: kubefed came upon a defect of its own ({error.GetType().Name}: {OneLine(error.Message)}); {where}.");
        if (details)
        {
            environment.Error.WriteLine(error);
        }

        return ExitCode.Failed;
    }

    private static string OneLine(string text)
    {
        const StringSplitOptions Tidy = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        return string.Join(' ', text.Split(['\r', '\n'], Tidy)).TrimEnd('.');
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
