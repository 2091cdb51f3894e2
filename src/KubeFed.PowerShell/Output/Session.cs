using KubeFed.PowerShell.Sessions;

namespace KubeFed;

/// <summary>A connection to a host cluster, as <c>Connect-KubeFed</c> returns it and every cmdlet's <c>-Session</c> takes it.</summary>
public sealed class Session
{
    internal Session(OpenSession open) => Open = open;

    /// <summary>The kubeconfig context, and what reports call the host cluster.</summary>
    public string Name => Open.Name;

    /// <summary>The API server's address.</summary>
    public string Server => Open.Server;

    /// <summary>The kubeconfig files the session was opened from, in order of precedence.</summary>
    public string[] KubeConfig => [.. Open.KubeConfig];

    /// <summary>Where the control plane keeps its objects.</summary>
    public string KubeFedNamespace => Open.KubeFedNamespace;

    /// <summary>The context's namespace, used where a cmdlet needs one and none is given.</summary>
    public string Namespace => Open.Namespace;

    /// <summary>The host's version as it reported when the session was opened; null when it was not asked.</summary>
    public string? KubernetesVersion { get; internal set; }

    /// <summary>When the session was opened.</summary>
    public DateTime Connected { get; internal set; }

    /// <summary>Whether cmdlets without connection parameters use this session in the current runspace.</summary>
    public bool IsDefault => SessionStore.IsDefault(this);

    /// <summary>Whether the session was closed; a closed one cannot be used again.</summary>
    public bool Closed => Open.Closed;

    internal OpenSession Open { get; }

    /// <summary>The session's name.</summary>
    public override string ToString() => Name;
}
