namespace KubeFed;

/// <summary>Kubernetes API servers that live in this process's memory: a host cluster and its members.</summary>
public sealed class SandboxInfo
{
    /// <summary>The sandbox's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kubeconfig file that reaches its clusters, from this process only.</summary>
    public required string KubeConfig { get; init; }

    /// <summary>The host cluster's context in that file.</summary>
    public required string HostContext { get; init; }

    /// <summary>The members' contexts in that file; they are also the names to join them under.</summary>
    public required string[] Members { get; init; }

    /// <summary>The Kubernetes version the servers claim.</summary>
    public required string KubernetesVersion { get; init; }

    /// <summary>When the sandbox was started.</summary>
    public required DateTime Started { get; init; }

    /// <summary>How long ago that was, when this object was made.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The sandbox's name.</summary>
    public override string ToString() => Name;
}
