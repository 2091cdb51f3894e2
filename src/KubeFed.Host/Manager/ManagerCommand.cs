using System.CommandLine;
using System.Globalization;
using KubeFed.Engine.Api;
using KubeFed.Host.Cli;
using KubeFed.Host.Commands;
using KubeFed.Host.Manager.Logging;

namespace KubeFed.Host.Manager;

/// <summary><c>kubefed controller-manager</c>: keeps a federation true until it is stopped, with the flags of KubeFed's.</summary>
/// <remarks>controllers.md section 1, C-2, C-3.</remarks>
internal sealed class ManagerCommand
{
    /// <summary>Set by KubeFed's chart.</summary>
    private const string ScopeVariable = "DEFAULT_KUBEFED_SCOPE";

    private readonly Option<string> _kubeConfig = Text(
        "--kubeconfig", "path", "Path of the kubeconfig file; without it, the pod's service account, or outside of a pod KUBECONFIG and ~/.kube/config.");

    private readonly Option<string> _context = Text(
        "--host-cluster-context", "context", "Kubeconfig context of the host cluster; without it, the current context.");

    private readonly Option<string> _master = Text(
        "--master", "url", "Address of the host's API server, instead of the one the kubeconfig or the pod names.");

    private readonly Option<string> _systemNamespace = Text(
        "--kubefed-namespace", "namespace", "Namespace of the control plane; without it, the pod's own, or outside of a pod kube-federation-system.");

    private readonly Option<string> _health = Text(
        "--healthz-addr", "address", "Where /healthz, /livez and /readyz are served, such as :8080 or 127.0.0.1:8080; empty for nowhere.", ":8080");

    private readonly Option<string> _metrics = Text("--metrics-addr", "address", "Where /metrics is served; empty for nowhere.", ":9090");

    private readonly Option<string> _logFormat = Text("--log-format", "format", "text, or json for one JSON object per line.", "text");

    private readonly Option<bool> _elect = new("--leader-elect")
    {
        Description = "Share the work with other processes by a lease; false for a process that is the only one.",
        DefaultValueFactory = _ => true,
    };

    private readonly Option<bool> _version = new("--version") { Description = "Print the version and exit." };

    private readonly Option<double?> _qps = new("--rest-config-qps")
    {
        Description = "Taken, and without effect: requests adapt to what the host answers.",
        HelpName = "number",
    };

    private readonly Option<int?> _burst = new("--rest-config-burst") { Description = "As --rest-config-qps.", HelpName = "number" };

    private readonly Option<string> _config = new("--kubefed-config") { Hidden = true };

    internal static Command Create(HostEnvironment environment)
    {
        var flags = new ManagerCommand();
        flags._logFormat.CompletionSources.Add("json", "text");
        var command = new Command("controller-manager", "Keep what is declared true, whenever something changes, until stopped.");
        foreach (var option in new Option[]
        {
            flags._kubeConfig, flags._context, flags._master, flags._systemNamespace, flags._config, flags._health, flags._metrics,
            flags._elect, flags._logFormat, flags._qps, flags._burst, flags._version,
        })
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            if (!result.GetValue(flags._version))
            {
                return await new ManagerRun(environment, flags.Read(environment, result)).RunAsync(cancellationToken).ConfigureAwait(false);
            }

            await environment.Out.WriteLineAsync(ManagerRun.VersionLine).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Option<string> Text(string name, string helpName, string description, string otherwise = "") =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => otherwise };

    private ManagerOptions Read(HostEnvironment environment, ParseResult result)
    {
        if (!string.IsNullOrEmpty(result.GetValue(_config)))
        {
            // C-11: KubeFed took a file without defaults, validation or a trace in the API; the controller reads the object, and follows its changes.
            throw new UsageException("--kubefed-config is not supported: the KubeFedConfig is read from the host, and its changes are followed. "
                + "Apply the file there with kubectl, as the object kubefed in the control plane's namespace");
        }

        var given = new ManagerConnection.Given(
            result.GetValue(_kubeConfig), result.GetValue(_context), result.GetValue(_master), result.GetValue(_systemNamespace));
        var options = new ManagerOptions
        {
            ExpectedScope = Scope(environment.Variable(ScopeVariable)),
            Health = ListenAddress.Parse(_health.Name, result.GetValue(_health)),
            Metrics = ListenAddress.Parse(_metrics.Name, result.GetValue(_metrics)),
            LogFormat = result.GetValue(_logFormat) switch
            {
                "text" => LogFormat.Text,
                "json" => LogFormat.Json,
                var other => throw new UsageException($"Invalid value for --log-format: {other}; give text or json"),
            },
            ElectsLeader = result.GetValue(_elect),
            Verbosity = result.GetValue(KlogFlags.Verbosity),
            Notices = [.. Notices(result)],
            Connection = ManagerConnection.Choose(environment.Variable, given),
        };
        return options with { Flags = [.. Effective(result, options.Connection)] };
    }

    /// <summary>
    /// KubeFed made the KubeFedConfig have this scope, by deleting it and making another (C-6). A scope is chosen when a control plane is installed; here the
    /// variable is compared with it.
    /// </summary>
    private static ControlPlaneScope? Scope(string? variable) => variable switch
    {
        null or "" => null,
        nameof(ControlPlaneScope.Cluster) => ControlPlaneScope.Cluster,
        nameof(ControlPlaneScope.Namespaced) => ControlPlaneScope.Namespaced,
        _ => throw new UsageException($"{ScopeVariable}: '{variable}' is no scope; it is Cluster or Namespaced, or not set"),
    };

    /// <summary>C-2.</summary>
    private IEnumerable<(string Name, string Value)> Effective(ParseResult result, ManagerConnection connection)
    {
        var server = connection.Settings.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        foreach (var (option, value) in new (Option Option, object? Value)[]
        {
            (_kubeConfig, result.GetValue(_kubeConfig)),
            (_context, connection.Settings.Name),
            (_master, server),
            (_systemNamespace, connection.SystemNamespace),
            (_health, result.GetValue(_health)),
            (_metrics, result.GetValue(_metrics)),
            (_elect, result.GetValue(_elect)),
            (_logFormat, result.GetValue(_logFormat)),
            (_qps, result.GetValue(_qps)),
            (_burst, result.GetValue(_burst)),
            (KlogFlags.Verbosity, result.GetValue(KlogFlags.Verbosity)),
        })
        {
            yield return (option.Name, value is bool flag ? flag ? "true" : "false" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty);
        }
    }

    /// <summary>C-4.</summary>
    private IEnumerable<string> Notices(ParseResult result)
    {
        foreach (var (name, given) in new[] { (_qps.Name, result.GetValue(_qps) is not null), (_burst.Name, result.GetValue(_burst) is not null) })
        {
            if (given)
            {
                yield return $"{name} has no effect: the number of requests in flight adapts to what the host answers, instead of a fixed rate.";
            }
        }
    }
}
