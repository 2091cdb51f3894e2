using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Writing;

/// <summary>Custom resource definitions, from written to served.</summary>
internal static class Definitions
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The resource a definition serves in the first version that it serves.</summary>
    public static ApiResource ResourceOf(KubeObject definition)
    {
        var spec = definition.Spec;
        return new ApiResource(
            spec.Text("group") ?? string.Empty,
            (spec.Maps("versions").FirstOrDefault(version => version.Flag("served")) ?? spec.Maps("versions").FirstOrDefault()).Text("name") ?? string.Empty,
            spec.Map("names").Text("kind") ?? string.Empty,
            spec.Map("names").Text("plural") ?? string.Empty,
            Namespaced: spec.Text("scope") == "Namespaced");
    }

    /// <summary>Waits for those that were written, and for any that is not established yet; a dry run waits for none.</summary>
    /// <exception cref="FederationException"><c>DefinitionNotEstablished</c>, with the condition's message.</exception>
    public static Task WaitUntilServedAsync(ObjectWriter writer, IEnumerable<Ensured> definitions, TimeProvider time, CancellationToken cancellationToken)
    {
        var pending = definitions.Where(definition => definition.Kind != ChangeKind.Unchanged || !IsEstablished(definition.Object));
        KubeObject[] waited = writer.DryRun ? [] : [.. pending.Select(definition => definition.Object)];
        return WaitUntilServedAsync(writer.Client, writer.Cluster, waited, time, cancellationToken);
    }

    /// <summary>
    /// Waits until the server has established the definitions and its discovery shows them. An API server may say Established a moment before it
    /// serves the kind, so both are needed.
    /// </summary>
    /// <exception cref="FederationException"><c>DefinitionNotEstablished</c>, with the condition's message.</exception>
    public static async Task WaitUntilServedAsync(
        IKubeClient client, string cluster, IReadOnlyList<KubeObject> definitions, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var definition in definitions)
        {
            await WaitUntilEstablishedAsync(client, cluster, definition, time, cancellationToken).ConfigureAwait(false);
        }

        foreach (var definition in definitions)
        {
            await WaitUntilDiscoveredAsync(client, cluster, definition, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task WaitUntilEstablishedAsync(
        IKubeClient client, string cluster, KubeObject definition, TimeProvider time, CancellationToken cancellationToken)
    {
        var last = definition;
        var established = await Polling.UntilAsync(
            time,
            Interval,
            Patience,
            async () =>
            {
                last = IsEstablished(last)
                    ? last
                    : await client.GetAsync(KnownResources.CustomResourceDefinitions, definition.Key, cancellationToken).ConfigureAwait(false);
                return IsEstablished(last) ? last : null;
            },
            cancellationToken).ConfigureAwait(false);
        if (established is null)
        {
            var said = last.Status.Maps("conditions").Where(condition => condition.Text("status") == "False").Select(condition => condition.Text("message"));
            throw NotEstablished(cluster, definition, string.Join("; ", said));
        }
    }

    private static async Task WaitUntilDiscoveredAsync(
        IKubeClient client, string cluster, KubeObject definition, TimeProvider time, CancellationToken cancellationToken)
    {
        var resource = ResourceOf(definition);
        var served = await Polling.UntilAsync(
            time,
            Interval,
            Patience,
            async () =>
            {
                if (await client.Discovery.FindAsync(resource.Gvk, cancellationToken).ConfigureAwait(false) is { } found)
                {
                    return found;
                }

                client.Discovery.Invalidate();
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        if (served is null)
        {
            throw NotEstablished(cluster, definition, "discovery does not list it");
        }
    }

    private static bool IsEstablished(KubeObject definition) =>
        definition.Status.Maps("conditions").Any(condition => condition.Text("type") == "Established" && condition.Text("status") == "True");

    private static FederationException NotEstablished(string cluster, KubeObject definition, string why) => new(
        "DefinitionNotEstablished",
        FederationProblem.TimedOut,
        $"{cluster} does not serve custom resource definition {definition.Name} after {Patience.TotalSeconds:0} s"
            + (why.Length > 0 ? $": {why}." : "."))
    {
        Remedy = $"Look at the conditions of custom resource definition {definition.Name}, and run the command again: it goes on where it stopped.",
        Target = definition.Name,
    };
}
