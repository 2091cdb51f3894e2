using KubeFed.Kubernetes.Config;

namespace KubeFed.PowerShell.Sessions;

/// <summary>The contexts of a kubeconfig.</summary>
internal interface IContextSource
{
    /// <summary>Where they were read from, in order of precedence.</summary>
    IReadOnlyList<string> Files { get; }

    IReadOnlyList<string> Names { get; }

    /// <param name="context">Null takes the current context.</param>
    /// <exception cref="Kubernetes.Client.KubeConfigException">There is no such context, or it cannot be used.</exception>
    ConnectionSettings Find(string? context);
}
