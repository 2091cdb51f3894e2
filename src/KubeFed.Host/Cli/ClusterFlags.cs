using System.CommandLine;
using KubeFed.Host.Completion;

namespace KubeFed.Host.Cli;

/// <summary>What join and unjoin share: the clusters' names, a context, and the host's name.</summary>
/// <remarks>cli.md sections 1 to 3.</remarks>
internal sealed class ClusterFlags
{
    private readonly NameList _names;

    private readonly Option<string> _context = new("--cluster-context")
    {
        Description = "Kubeconfig context of the cluster; without it, the context of the cluster's name.",
        HelpName = "context",
        DefaultValueFactory = _ => string.Empty,
    };

    private readonly Option<string> _hostName = new("--host-cluster-name")
    {
        Description = "What the host is called in the names of objects made in the member; without it, the host's context.",
        HelpName = "name",
        DefaultValueFactory = _ => string.Empty,
    };

    internal ClusterFlags(Command command)
    {
        _names = new NameList(command, "CLUSTER_NAME", "The clusters' names in the federation.");
        command.Options.Add(_context);
        command.Options.Add(_hostName);
    }

    /// <summary>All of them, where kubefedctl took the first and ignored the others.</summary>
    internal IReadOnlyList<string> Names(ParseResult result)
    {
        var names = _names.Of(result);
        CheckContext(result, names);
        return names;
    }

    /// <exception cref="UsageException">A context is given, and several clusters.</exception>
    internal void CheckContext(ParseResult result, IReadOnlyList<string> names) =>
        NameList.OnlyWithOne(names, "--cluster-context", result.GetValue(_context) is { Length: > 0 });

    /// <summary>Joining names a context that is not registered yet; leaving names a cluster that is.</summary>
    internal void Complete(KnownNames names, bool registered)
    {
        _names.Complete(registered ? names.Clusters : names.Contexts);
        _context.CompletionSources.Add(names.Contexts);
    }

    internal string Context(ParseResult result, string name) => result.GetValue(_context) is { Length: > 0 } given ? given : name;

    /// <summary>Null when not given, which makes the engine derive one from the host's context.</summary>
    internal string? HostName(ParseResult result)
    {
        var name = result.GetValue(_hostName);
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        return name.AsSpan().IndexOfAny('/', ':') < 0
            ? name
            : throw new UsageException($"--host-cluster-name: Invalid value \"{name}\": may not contain \"/\" or \":\"");
    }
}
