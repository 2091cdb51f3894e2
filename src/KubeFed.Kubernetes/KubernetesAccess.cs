using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Kubernetes;

/// <summary>
/// Kubeconfigs and clients for a caller that cannot name the logging library's types: one in another assembly load context, such as a PowerShell module
/// whose dependencies are isolated. It only names types of this library and of the framework.
/// </summary>
public static class KubernetesAccess
{
    /// <param name="files">Files that must exist, the first winning; null searches as <see cref="KubeConfigLoader"/> does.</param>
    /// <exception cref="KubeConfigException">A file is missing, cannot be read, or is no kubeconfig.</exception>
    public static KubeConfig LoadKubeConfig(IReadOnlyList<string>? files)
    {
        if (files is null or { Count: 0 })
        {
            return new KubeConfigLoader().Load();
        }

        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new KubeConfigException($"The kubeconfig '{missing}' does not exist.") { Remedy = "Check the path." };
        }

        var list = string.Join(Path.PathSeparator, files);
        return files.Count == 1
            ? new KubeConfigLoader().Load(files[0])
            : new KubeConfigLoader(name => name == "KUBECONFIG" ? list : Environment.GetEnvironmentVariable(name)).Load();
    }

    /// <summary>The settings of a context, or, where there is neither a kubeconfig nor a name, those of the pod this runs in.</summary>
    /// <exception cref="KubeConfigException">As for <see cref="KubeConfig.For"/>.</exception>
    public static ConnectionSettings Settings(KubeConfig config, string? context) =>
        string.IsNullOrEmpty(context) && config.Contexts.Count == 0 && InClusterConfig.IsAvailable() ? InClusterConfig.Load() : config.For(context);

    /// <param name="transports">Asked in turn before sockets are used.</param>
    /// <param name="wrap">Put around each client's handler.</param>
    /// <param name="onWarning">Told each distinct warning a server sends, once per client.</param>
    public static IKubeClientFactory CreateClients(
        IEnumerable<IKubeTransport> transports,
        Func<HttpMessageHandler, ConnectionSettings, HttpMessageHandler> wrap,
        Action<KubeWarning> onWarning) =>
        new KubeClientFactory(transports, wrap: wrap, onWarning: onWarning);
}
