namespace KubeFed.Host.Quickstart;

/// <summary>Which clusters to play on; with no cluster named, the sandbox.</summary>
internal sealed record GroundRequest
{
    public string KubeConfig { get; init; } = string.Empty;

    public string HostContext { get; init; } = string.Empty;

    public IReadOnlyList<string> MemberContexts { get; init; } = [];

    public required string SystemNamespace { get; init; }

    public bool NamesClusters => KubeConfig.Length > 0 || HostContext.Length > 0 || MemberContexts.Count > 0;
}
