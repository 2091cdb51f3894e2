namespace KubeFed.PowerShell.Commands;

/// <summary>Opens a session with a host cluster and makes it the default.</summary>
[Cmdlet(VerbsCommunications.Connect, "KubeFed")]
[OutputType(typeof(Session))]
public sealed class ConnectKubeFedCommand : CancellableCmdlet
{
    /// <summary>Kubeconfig files, the first winning; replaces KUBECONFIG and ~/.kube/config.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    /// <summary>The host cluster's kubeconfig context; without it, the current context.</summary>
    [Parameter(Position = 0)]
    [Alias("HostClusterContext")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The control plane's namespace on the host.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeFedNamespace { get; set; }

    /// <summary>Leaves the present default session in its place.</summary>
    [Parameter]
    public SwitchParameter NotDefault { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var paths = KubeConfig?.Select(GetUnresolvedProviderPathFromPSPath).ToArray();
        var open = OrThrow(() => SessionOpener.Open(new ConnectionChoice(paths, Context, KubeFedNamespace)), Context);
        var session = new Session(open) { Connected = TimeProvider.System.GetLocalNow().DateTime };
        var reached = false;
        try
        {
            reached = TryWork(
                open.Name,
                (sink, stop) => RequestTrace.FollowAsync(sink, async () =>
                {
                    session.KubernetesVersion = (await open.Host.GetVersionAsync(stop).ConfigureAwait(false)).GitVersion;
                }));
        }
        finally
        {
            if (!reached)
            {
                open.Dispose();
            }
        }

        if (reached)
        {
            SessionStore.Add(session, makeDefault: !NotDefault);
            WriteObject(session);
        }
    }
}
