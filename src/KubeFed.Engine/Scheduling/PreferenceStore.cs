using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling.State;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Scheduling;

/// <summary>The ReplicaSchedulingPreference objects on the host.</summary>
/// <remarks>api.md section 7.</remarks>
public sealed class PreferenceStore(Federation federation)
{
    private static readonly WriteOptions _write = new() { FieldManager = KubeFedNames.FieldManager };

    /// <summary>By namespace and name; empty when the host does not know the kind.</summary>
    /// <param name="namespace">Null for all.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<IReadOnlyList<StoredPreference>> ListAsync(string? @namespace, CancellationToken cancellationToken)
    {
        try
        {
            var list = await federation.Host
                .ListAsync(CoreResources.ReplicaSchedulingPreferences, new ListQuery { Namespace = @namespace }, cancellationToken)
                .ConfigureAwait(false);
            return [.. list.Items.OrderBy(item => item.Key).Select(StoredPreference.Read)];
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }

    public async Task<StoredPreference?> FindAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await federation.Host.FindAsync(CoreResources.ReplicaSchedulingPreferences, key, cancellationToken).ConfigureAwait(false) is { } found
            ? StoredPreference.Read(found)
            : null;

    /// <exception cref="FederationException"><c>PreferenceNotFound</c>.</exception>
    public async Task<StoredPreference> GetAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken).ConfigureAwait(false) ?? throw NotFound(key);

    /// <summary>Creates the preference, or changes it to say exactly <paramref name="preference"/>. Nothing is written when it says so already.</summary>
    /// <returns>As stored, or in a dry run as it would be.</returns>
    /// <exception cref="FederationException"><c>InvalidPreference</c>: the message names every wrong field (P-90).</exception>
    public async Task<StoredPreference> SetAsync(ObjectKey key, SchedulingPreference preference, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preference);
        var round = await SchedulingRound.BeginAsync(federation, cancellationToken).ConfigureAwait(false);
        var problems = PreferenceValidation.Validate(preference, await round.SupportedKindsAsync(cancellationToken).ConfigureAwait(false));
        if (problems.Count > 0)
        {
            throw new FederationException("InvalidPreference", FederationProblem.Invalid, problems.Count == 1 ? problems[0].Message : $"[{string.Join(", ", problems)}]")
            {
                Target = key.ToString(),
                Remedy = "Correct the fields that the message names.",
            };
        }

        var stored = await federation.Host.FindAsync(CoreResources.ReplicaSchedulingPreferences, key, cancellationToken).ConfigureAwait(false);
        var wanted = StoredPreference.Write(preference, key, stored);
        if (stored is not null && JsonNode.DeepEquals(stored.Json, wanted.Json))
        {
            return StoredPreference.Read(stored);
        }

        if (dryRun)
        {
            return StoredPreference.Read(wanted);
        }

        var written = stored is null
            ? await federation.Host.CreateAsync(CoreResources.ReplicaSchedulingPreferences, wanted, _write, cancellationToken).ConfigureAwait(false)
            : await federation.Host.PatchAsync(
                CoreResources.ReplicaSchedulingPreferences, key, KubePatch.Merge(MergePatch.Create(stored.Json, wanted.Json)), _write, cancellationToken).ConfigureAwait(false);
        return StoredPreference.Read(written);
    }

    /// <summary>Removes the preference; the federated object keeps its last placement and overrides (rsp.md section 1 step 1).</summary>
    /// <exception cref="FederationException"><c>PreferenceNotFound</c>.</exception>
    public async Task RemoveAsync(ObjectKey key, bool dryRun, CancellationToken cancellationToken)
    {
        var stored = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (dryRun)
        {
            return;
        }

        try
        {
            await federation.Host
                .DeleteAsync(CoreResources.ReplicaSchedulingPreferences, key, new DeleteOptions { PreconditionUid = stored.Source.Uid }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            throw NotFound(key, error);
        }
    }

    /// <summary>
    /// Writes the status. A host whose definition is KubeFed's has no status subresource and a status without fields: there the record is dropped by the
    /// server, and tolerations and cool-downs begin anew with each run, until the control plane is installed again.
    /// </summary>
    internal async Task WriteStatusAsync(StoredPreference stored, JsonObject status, CancellationToken cancellationToken)
    {
        var wanted = stored.Source.Clone();
        wanted.Json["status"] = status;
        var patch = KubePatch.Merge(MergePatch.Create(stored.Source.Json, wanted.Json));
        try
        {
            await federation.Host
                .PatchAsync(CoreResources.ReplicaSchedulingPreferences, stored.Key, patch, _write with { Subresource = "status" }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            // Gone, or without the subresource: either way there is nothing to record it in.
        }
    }

    private static FederationException NotFound(ObjectKey key, Exception? inner = null) =>
        new("PreferenceNotFound", FederationProblem.NotFound, $"There is no ReplicaSchedulingPreference {key}.", inner)
        {
            Target = key.ToString(),
            Remedy = "Get-ReplicaSchedulingPreference lists those there are.",
        };
}
