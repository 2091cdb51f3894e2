using System.CommandLine;
using KubeFed.Engine.Api;
using KubeFed.Host.Completion;
using KubeFed.Kubernetes.Config;

namespace KubeFed.Host.Cli;

/// <summary>The flags that say which host, common to the verbs.</summary>
/// <remarks>cli.md section 1.</remarks>
internal sealed class ConnectionFlags
{
    private readonly Option<string> _kubeConfig = new("--kubeconfig")
    {
        Description = "Path of the kubeconfig file; without it, KUBECONFIG and ~/.kube/config as usual.",
        HelpName = "path",
        DefaultValueFactory = _ => string.Empty,
    };

    private readonly Option<string> _hostContext = new("--host-cluster-context")
    {
        Description = "Kubeconfig context of the host cluster; without it, the current context.",
        HelpName = "context",
        DefaultValueFactory = _ => string.Empty,
    };

    private readonly Option<string> _systemNamespace = new("--kubefed-namespace")
    {
        Description = "Namespace of the control plane on the host.",
        HelpName = "namespace",
        DefaultValueFactory = _ => KubeFedNames.DefaultSystemNamespace,
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Read and check everything, change nothing." };

    internal ConnectionFlags(Command command, HostEnvironment environment, bool dryRunHidden = false)
    {
        Names = new KnownNames(environment, this);
        _hostContext.CompletionSources.Add(Names.Contexts);
        _dryRun.Hidden = dryRunHidden;
        _systemNamespace.Hidden = dryRunHidden;
        command.Options.Add(_kubeConfig);
        command.Options.Add(_hostContext);
        command.Options.Add(_systemNamespace);
        command.Options.Add(_dryRun);
    }

    /// <summary>The names that may be meant on the host these flags choose, for completion.</summary>
    internal KnownNames Names { get; }

    /// <exception cref="Kubernetes.Client.KubeConfigException">There is none, or it is not one.</exception>
    internal KubeConfig Load(HostEnvironment environment, ParseResult result) =>
        new KubeConfigLoader(environment.Variable).Load(result.GetValue(_kubeConfig) ?? string.Empty);

    internal string HostContext(ParseResult result) => result.GetValue(_hostContext) ?? string.Empty;

    internal string SystemNamespace(ParseResult result) =>
        result.GetValue(_systemNamespace) is { Length: > 0 } given ? given : KubeFedNames.DefaultSystemNamespace;

    internal bool DryRun(ParseResult result) => result.GetValue(_dryRun);
}
