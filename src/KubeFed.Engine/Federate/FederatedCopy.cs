using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

/// <summary>One member's copy of a resource.</summary>
public sealed record FederatedCopy(string Cluster, KubeObject? Object, string? Error);
