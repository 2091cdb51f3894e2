namespace KubeFed.Host.Cli;

/// <summary>What the process returns.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The operation failed; standard error says why (K-1: kubefedctl exits non-zero too).</summary>
    public const int Failed = 1;

    /// <summary>The command line cannot be understood; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl+C or SIGTERM, as shells expect it.</summary>
    public const int Cancelled = 130;
}

/// <summary>The command line is well-formed but makes no sense; exits with <see cref="ExitCode.Usage"/>.</summary>
public sealed class UsageException(string message) : Exception(message);
