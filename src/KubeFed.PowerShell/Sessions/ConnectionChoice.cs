namespace KubeFed.PowerShell.Sessions;

/// <summary>What the user said about where to connect, paths resolved; null means: as the kubeconfig says.</summary>
internal sealed record ConnectionChoice(IReadOnlyList<string>? KubeConfig, string? Context, string? KubeFedNamespace)
{
    /// <summary>
    /// Paths are PowerShell's (drives, ~, relative to the current location). What is not given is taken from the default session, so that
    /// <c>-Context other</c> means the other context of the same kubeconfig.
    /// </summary>
    public static ConnectionChoice From(PSCmdlet cmdlet, IReadOnlyList<string>? kubeConfig, string? context, string? kubeFedNamespace)
    {
        var current = kubeConfig is null ? SessionStore.Default?.Open : null;
        return new ConnectionChoice(
            kubeConfig is null ? current?.KubeConfig : [.. kubeConfig.Select(cmdlet.GetUnresolvedProviderPathFromPSPath)],
            context ?? current?.Name,
            kubeFedNamespace ?? current?.KubeFedNamespace);
    }
}
