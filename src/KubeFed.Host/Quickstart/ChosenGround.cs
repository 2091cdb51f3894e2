using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Config;
using SandboxClusters = KubeFed.Sandbox.Sandbox;

namespace KubeFed.Host.Quickstart;

/// <summary>The clusters the command line asks for.</summary>
internal static class ChosenGround
{
    /// <exception cref="Kubernetes.Client.KubeConfigException">There is no such context.</exception>
    internal static StageOptions Real(GroundRequest request, HostEnvironment environment)
    {
        var config = new KubeConfigLoader(environment.Variable).Load(request.KubeConfig);
        var host = config.For(request.HostContext);
        var members = request.MemberContexts.Select((context, index) => new StoryCluster(Name(context, $"member{index + 1}"), config.For(context))).ToList();
        return Ground.Of(new StoryCluster(Name(host.Name, "host"), host), members, environment.Transports, environment.Time, request.SystemNamespace);
    }

    internal static StageOptions Sandbox(SandboxClusters sandbox, GroundRequest request, HostEnvironment environment)
    {
        var clusters = sandbox.Clusters.Select(cluster => new StoryCluster(cluster.Name, cluster.Settings)).ToList();
        return Ground.Of(clusters[0], clusters[1..], [sandbox.Transport], environment.Time, request.SystemNamespace);
    }

    /// <summary>Contexts may bear names that no Kubernetes object may, such as ARNs; then the role will do.</summary>
    private static string Name(string context, string role) =>
        context.Length is > 0 and <= 40 && context.Trim('-') == context && context.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? context
            : role;
}
