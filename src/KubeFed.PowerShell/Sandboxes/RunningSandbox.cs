using KubeFed.Sandbox;

namespace KubeFed.PowerShell.Sandboxes;

/// <summary>A sandbox that Start-KubeFedSandbox started, and the kubeconfig that leads to it.</summary>
internal sealed record RunningSandbox(string Name, Sandbox.Sandbox Sandbox, string KubeConfig, bool OwnsKubeConfig, DateTimeOffset Started)
{
    public SandboxInfo ToOutput(DateTimeOffset now) => new()
    {
        Name = Name,
        KubeConfig = KubeConfig,
        HostContext = Sandbox.Host.Name,
        Members = [.. Sandbox.Members.Select(member => member.Name)],
        KubernetesVersion = Sandbox.Host.Version,
        Started = Started.LocalDateTime,
        Age = now - Started,
    };
}
