namespace KubeFed.Kubernetes.Client;

/// <summary>Something an API server wants its user to know: a deprecated API, a field that has no effect.</summary>
public sealed record KubeWarning(string Cluster, string Request, string Text);
