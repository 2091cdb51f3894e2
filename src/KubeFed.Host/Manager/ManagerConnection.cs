using KubeFed.Engine.Api;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Host.Manager;

/// <summary>Which host a controller manager works for, and in which namespace its control plane is.</summary>
/// <param name="Settings">How to reach it.</param>
/// <param name="SystemNamespace">Of the control plane.</param>
/// <remarks>controllers.md section 1, as far as it concerns <c>--kubeconfig</c>, <c>--master</c> and <c>--kubefed-namespace</c>.</remarks>
internal sealed record ManagerConnection(ConnectionSettings Settings, string SystemNamespace)
{
    /// <summary>A kubeconfig that is named; else the pod this runs in; else the kubeconfig the other commands would take.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="given">What the command line says.</param>
    /// <param name="podFolder">Where the service account's files are; null is where Kubernetes mounts them.</param>
    /// <exception cref="KubeConfigException">There is nothing to connect with, or it is wrong.</exception>
    /// <exception cref="UsageException"><c>--master</c> is no address.</exception>
    internal static ManagerConnection Choose(Func<string, string?> variable, Given given, string? podFolder = null)
    {
        var inPod = string.IsNullOrEmpty(given.KubeConfig) && string.IsNullOrEmpty(given.Context) && InClusterConfig.IsAvailable(variable, podFolder);
        var settings = inPod ? InClusterConfig.Load(variable, podFolder) : new KubeConfigLoader(variable).Load(given.KubeConfig).For(given.Context);
        if (!string.IsNullOrEmpty(given.Master))
        {
            settings = settings with { Server = Server(given.Master) };
        }

        var @namespace = string.IsNullOrEmpty(given.SystemNamespace) ? inPod ? settings.Namespace : null : given.SystemNamespace;
        return new ManagerConnection(settings, @namespace ?? KubeFedNames.DefaultSystemNamespace);
    }

    private static Uri Server(string master) =>
        Uri.TryCreate(master, UriKind.Absolute, out var server) && (server.Scheme == Uri.UriSchemeHttps || server.Scheme == Uri.UriSchemeHttp)
            ? server
            : throw new UsageException($"--master: '{master}' is no address; give one such as https://10.0.0.1:6443");

    /// <summary>What the command line says of the connection; empty where it says nothing.</summary>
    internal sealed record Given(string? KubeConfig, string? Context, string? Master, string? SystemNamespace);
}
