namespace KubeFed.PowerShell.Commands;

internal static class SandboxErrors
{
    public static InputException NotFound(string name) =>
        new("SandboxNotFound", $"No sandbox '{name}' runs in this process.", name) { Remedy = "See Get-KubeFedSandbox; start one with Start-KubeFedSandbox." };
}
