using System.CommandLine;
using KubeFed.Host.Completion;

namespace KubeFed.Host.Cli;

/// <summary>What join and unjoin share: the cluster's name, its context, and the host's name.</summary>
/// <remarks>cli.md sections 1 to 3.</remarks>
internal sealed class ClusterFlags
{
    private readonly Argument<string[]> _names = new("CLUSTER_NAME")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "The cluster's name in the federation.",
    };

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
        command.Arguments.Add(_names);
        command.Options.Add(_context);
        command.Options.Add(_hostName);
    }

    /// <summary>The first argument; like kubefedctl, further ones are ignored, but not misspelt flags.</summary>
    internal string Name(ParseResult result)
    {
        var names = result.GetValue(_names) ?? [];
        if (names.FirstOrDefault(name => name.StartsWith('-')) is { } flag)
        {
            throw new UsageException($"unknown flag: {flag}");
        }

        return names.FirstOrDefault(name => name.Length > 0) ?? throw new UsageException("NAME is required");
    }

    /// <summary>Joining names a context that is not registered yet; leaving names a cluster that is.</summary>
    internal void Complete(KnownNames names, bool registered)
    {
        _names.CompletionSources.Add(registered ? names.Clusters : names.Contexts);
        _context.CompletionSources.Add(names.Contexts);
    }

    internal string Context(ParseResult result) => result.GetValue(_context) is { Length: > 0 } given ? given : Name(result);

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
