using System.Runtime.InteropServices;

namespace KubeFed.TestSupport.Servers;

/// <summary>What .NET does not offer: signals other than SIGKILL, and the user's number.</summary>
internal static class Posix
{
    public static uint EffectiveUserId => geteuid();

    public static void Send(int processId, Signal signal)
    {
        // SIGSTOP, SIGCONT differ between Linux and the BSD family; the others are the same everywhere.
        var number = signal switch
        {
            Signal.Terminate => 15,
            Signal.Kill => 9,
            Signal.Stop => OperatingSystem.IsLinux() ? 19 : 17,
            Signal.Continue => OperatingSystem.IsLinux() ? 18 : 19,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not a signal the fixture sends"),
        };
        const int NoSuchProcess = 3;
        if (kill(processId, number) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new InvalidOperationException($"kill({processId}, {signal}) failed: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int processId, int signal);

    [DllImport("libc")]
    private static extern uint geteuid();
}

/// <summary>The signals the fixture sends.</summary>
internal enum Signal
{
    Terminate,
    Kill,
    Stop,
    Continue,
}
