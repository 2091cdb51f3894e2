using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Config;

/// <summary>What the kubeconfig files say, merged: the contexts to choose from, and the settings to connect with. Printing it shows no credential.</summary>
public sealed class KubeConfig
{
    private readonly IReadOnlyDictionary<string, ConfigEntry> _clusters;
    private readonly IReadOnlyDictionary<string, ConfigEntry> _users;
    private readonly Action<string> _warn;

    internal KubeConfig(
        IReadOnlyList<string> files,
        string? currentContext,
        IReadOnlyList<KubeConfigContext> contexts,
        IReadOnlyDictionary<string, ConfigEntry> clusters,
        IReadOnlyDictionary<string, ConfigEntry> users,
        Action<string> warn)
    {
        (Files, CurrentContext, Contexts, _clusters, _users, _warn) = (files, currentContext, contexts, clusters, users, warn);
    }

    /// <summary>The files read, in order of precedence; empty when there is none.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Null when no file names one.</summary>
    public string? CurrentContext { get; }

    /// <summary>In the files' order.</summary>
    public IReadOnlyList<KubeConfigContext> Contexts { get; }

    /// <summary>In the files' order.</summary>
    public IEnumerable<string> ClusterNames => _clusters.Keys;

    /// <summary>Everything needed to reach the cluster of a context as its user; the settings bear the context's name.</summary>
    /// <param name="contextName">Null takes the current context. Names are case-sensitive.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="KubeConfigException">Names file, field, value and remedy; an unknown context lists those there are.</exception>
    public ConnectionSettings For(string? contextName = null, KubeConfigOptions? options = null)
    {
        options ??= new KubeConfigOptions();
        var context = Find(contextName);
        if (!_clusters.TryGetValue(context.Cluster, out var cluster))
        {
            throw new KubeConfigException($"{context.File}: context '{context.Name}': cluster '{context.Cluster}' is not defined.")
            {
                Remedy = Choices("clusters", context.Cluster, _clusters.Keys),
            };
        }

        var settings = new ClusterReader(cluster, _warn).Read(context, options);
        if (string.IsNullOrEmpty(context.User))
        {
            return options.AllowAnonymous
                ? settings
                : throw new KubeConfigException($"{context.File}: context '{context.Name}' names no user.")
                {
                    Remedy = "Add the user field to the context, or ask for an anonymous connection explicitly.",
                };
        }

        return _users.TryGetValue(context.User, out var user)
            ? new UserReader(user, _warn).Apply(settings, cluster)
            : throw new KubeConfigException($"{context.File}: context '{context.Name}': user '{context.User}' is not defined.")
            {
                Remedy = Choices("users", context.User, _users.Keys),
            };
    }

    public override string ToString() => $"{Contexts.Count} contexts from {(Files.Count == 0 ? "no file" : string.Join(", ", Files))}";

    private KubeConfigContext Find(string? wanted)
    {
        var name = string.IsNullOrEmpty(wanted) ? CurrentContext : wanted;
        var origin = Files.Count == 0 ? "No kubeconfig file was found" : string.Join(", ", Files);
        if (string.IsNullOrEmpty(name))
        {
            throw new KubeConfigException(Files.Count == 0 ? $"{origin}." : $"{origin}: current-context is not set.")
            {
                Remedy = Files.Count == 0
                    ? "Set KUBECONFIG, put a kubeconfig at ~/.kube/config, or name one."
                    : Choices("contexts", string.Empty, Contexts.Select(context => context.Name)),
            };
        }

        return Contexts.FirstOrDefault(context => context.Name == name)
            ?? throw new KubeConfigException($"{origin}: context '{name}' is not defined{(wanted == name ? string.Empty : " (it is the current-context)")}.")
            {
                Remedy = Choices("contexts", name, Contexts.Select(context => context.Name)),
            };
    }

    private static string Choices(string what, string wanted, IEnumerable<string> names)
    {
        const int Shown = 20;
        string[] all = [.. names];
        if (all.Length == 0)
        {
            return $"There are no {what} at all; check that this is the kubeconfig you mean.";
        }

        var near = NearMatch.Of(wanted, all);
        var list = string.Join(", ", all.Take(Shown)) + (all.Length > Shown ? $", and {all.Length - Shown} more" : string.Empty);
        return near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}? The {what} are: {list}." : $"Choose one of the {what}: {list}.";
    }
}

/// <summary>A context: which cluster, as whom, in which namespace.</summary>
public sealed record KubeConfigContext(string Name, string Cluster, string? User, string? Namespace)
{
    /// <summary>The file that defines it.</summary>
    public string File { get; init; } = string.Empty;
}

/// <summary>What a caller may ask of a connection beyond what the kubeconfig says.</summary>
public sealed record KubeConfigOptions
{
    /// <summary>A context without a user is otherwise an error, as in client-go.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Accept any server certificate; a configured authority is then left out, as client-go's override does.</summary>
    public bool SkipCertificateCheck { get; init; }
}
