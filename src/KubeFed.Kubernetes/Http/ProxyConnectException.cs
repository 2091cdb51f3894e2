namespace KubeFed.Kubernetes.Http;

/// <summary>The proxy was reached but would not connect to the server.</summary>
internal sealed class ProxyConnectException(string message) : IOException(message);
