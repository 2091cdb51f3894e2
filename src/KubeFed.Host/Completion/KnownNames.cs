using System.CommandLine;
using System.CommandLine.Completions;
using KubeFed.Engine;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Completion;

/// <summary>
/// The names a user may be about to type. Contexts are read from the kubeconfig; clusters and types are asked of the host, for a second and no longer.
/// Whatever goes wrong there is nothing to offer: the command itself will say what is wrong when it runs.
/// </summary>
internal sealed class KnownNames(HostEnvironment environment, ConnectionFlags connection)
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1);

    /// <summary>Types most federations have, for when the host cannot be asked.</summary>
    private static readonly string[] s_usualTypes =
        ["configmaps", "deployments.apps", "ingresses.networking.k8s.io", "jobs.batch", "namespaces", "secrets", "serviceaccounts", "services"];

    internal IEnumerable<CompletionItem> Contexts(CompletionContext context) => 
        Offer(OrNothing(() => [.. connection.Load(environment, context.ParseResult).Contexts.Select(known => known.Name)]));

    internal IEnumerable<CompletionItem> Clusters(CompletionContext context) =>
        Offer(Ask(context, async (host, stop) => (await host.Federation.Clusters.ListAsync(stop).ConfigureAwait(false)).Select(cluster => cluster.Name)));

    /// <summary>Types the host serves and a federation can propagate.</summary>
    internal IEnumerable<CompletionItem> ServedTypes(CompletionContext context)
    {
        var served = Ask(context, async (host, stop) =>
            (await host.Federation.Host.Discovery.GetPreferredAsync(stop).ConfigureAwait(false)).Resources.Where(IsFederable).Select(type => type.QualifiedName));
        return Offer(served.Count > 0 ? served : s_usualTypes);
    }

    internal IEnumerable<CompletionItem> EnabledTypes(CompletionContext context) =>
        Offer(Ask(context, async (host, stop) => (await host.Federation.Types.ListAsync(stop).ConfigureAwait(false)).Select(type => type.Name)));

    internal IEnumerable<CompletionItem> FederatedKinds(CompletionContext context) =>
        Offer(Ask(context, async (host, stop) => (await host.Federation.Types.ListAsync(stop).ConfigureAwait(false)).Select(type => type.Federated.Kind)));

    private static bool IsFederable(ApiResource type) =>
        !type.Group.EndsWith("kubefed.io", StringComparison.Ordinal) && (type.Verbs.Count == 0 || (type.Verbs.Contains("create") && type.Verbs.Contains("list")));

    private static IEnumerable<CompletionItem> Offer(IReadOnlyList<string> names) =>
        names.Distinct(StringComparer.Ordinal).Select(name => new CompletionItem(name));

    private IReadOnlyList<string> Ask(CompletionContext context, Func<HostConnection, CancellationToken, Task<IEnumerable<string>>> ask) => OrNothing(() =>
    {
        using var host = HostConnection.Open(environment, connection, context.ParseResult);
        using var stop = new CancellationTokenSource(s_budget, environment.Time);
        var asked = Task.Run(() => ask(host, stop.Token), stop.Token);
        return ((IAsyncResult)asked).AsyncWaitHandle.WaitOne(s_budget) ? [.. asked.GetAwaiter().GetResult()] : [];
    });

    private static IReadOnlyList<string> OrNothing(Func<IReadOnlyList<string>> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is KubeException or FederationException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
