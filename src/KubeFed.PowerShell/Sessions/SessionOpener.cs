using KubeFed.Engine.Api;
using KubeFed.Kubernetes;
using KubeFed.Kubernetes.Config;
using KubeFed.PowerShell.Sandboxes;
using EngineConfig = KubeFed.Kubernetes.Config.KubeConfig;

namespace KubeFed.PowerShell.Sessions;

/// <summary>Makes sessions from kubeconfigs; the one place where this module chooses transports.</summary>
internal static class SessionOpener
{
    /// <param name="files">Kubeconfig files that must exist; null takes KUBECONFIG or ~/.kube/config.</param>
    /// <exception cref="Kubernetes.Client.KubeConfigException">A file cannot be read or used.</exception>
    public static IContextSource Load(IReadOnlyList<string>? files) => new KubeConfigContexts(KubernetesAccess.LoadKubeConfig(files));

    /// <summary>Opens without asking the server anything.</summary>
    /// <exception cref="Kubernetes.Client.KubeConfigException">The kubeconfig, or its context, cannot be used.</exception>
    public static OpenSession Open(ConnectionChoice choice)
    {
        var contexts = Load(choice.KubeConfig);
        var clients = KubernetesAccess.CreateClients(
            [SandboxRegistry.Instance],
            (handler, settings) => RequestTrace.Wrap(handler, settings.Name),
            warning => RequestTrace.Current?.Warning($"{warning.Cluster}: {warning.Text}"));
        return new OpenSession(contexts, contexts.Find(choice.Context), clients, choice.KubeFedNamespace ?? KubeFedNames.DefaultSystemNamespace);
    }

    private sealed class KubeConfigContexts(EngineConfig config) : IContextSource
    {
        public IReadOnlyList<string> Files => config.Files;

        public IReadOnlyList<string> Names => [.. config.Contexts.Select(context => context.Name)];

        public ConnectionSettings Find(string? context) => KubernetesAccess.Settings(config, context);
    }
}
