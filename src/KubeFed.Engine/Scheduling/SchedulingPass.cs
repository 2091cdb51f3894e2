using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>Scheduling as the first step of a synchronisation, so that one command makes a preference true.</summary>
internal static class SchedulingPass
{
    /// <param name="federation">The control plane.</param>
    /// <param name="request">What is synchronised.</param>
    /// <param name="types">The types in reach.</param>
    /// <param name="includes">Which resources are in reach.</param>
    /// <param name="sink">Told what came of each preference.</param>
    /// <param name="cancellationToken">Stops the pass.</param>
    /// <returns>
    /// In a dry run, the federated objects as scheduling would leave them, by type name and key, for the plan to start from; otherwise nothing, because they
    /// are written.
    /// </returns>
    public static async Task<IReadOnlyDictionary<(string Type, ObjectKey Key), KubeObject>> RunAsync(
        Federation federation, SyncRequest request, IReadOnlyList<FederatedType> types, Func<FederatedType, ObjectKey, bool> includes, IEngineSink sink, CancellationToken cancellationToken)
    {
        var drafts = new Dictionary<(string, ObjectKey), KubeObject>();
        if (request.Clusters.Count > 0)
        {
            // Half a move would leave too many or too few replicas: it takes all clusters, or none.
            sink.Verbose("Replicas are not scheduled, because the run is limited to some clusters.");
            return drafts;
        }

        // A preference names a kind alone, and two enabled types may share one.
        var kinds = types.ToLookup(type => type.Federated.Kind, StringComparer.Ordinal);
        var names = types.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var all = request.Types.Count == 0 && request.Selections.Count == 0;
        var scheduling = new SchedulingRequest
        {
            Namespace = request.Namespaces is [var only] && new NamePattern(only) is { IsWildcard: false } literal ? literal.Text : null,

            // In a run of everything, a preference for a kind that is not enabled is a fault to be told.
            Filter = stored => kinds[stored.Preference.TargetKind] is var alike && alike.Any() ? alike.Any(type => includes(type, stored.Key)) : all,
            Reaches = (type, key) => names.Contains(type.Name) && includes(type, key),
            DryRun = request.DryRun,
        };
        try
        {
            await foreach (var decision in federation.Scheduling.RunAsync(scheduling, sink, cancellationToken).ConfigureAwait(false))
            {
                if (decision is { DryRun: true, Changed: true, Type: { } type, Resource: { } resource })
                {
                    drafts[(type.Name, decision.Key)] = resource.Object;
                }
            }
        }
        catch (KubeException error)
        {
            // What is written already can still be propagated.
            sink.Error(new FederationException("SchedulingFailed", FederationProblem.Failed, $"Replicas could not be scheduled: {error.Message}", error) { Remedy = error.Remedy });
        }

        return drafts;
    }
}
