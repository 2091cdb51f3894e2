using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Reads and writes the ConfigMap of the host that says which federated objects were deleted lately.</summary>
/// <param name="host">The host.</param>
/// <param name="systemNamespace">Where it lies.</param>
/// <param name="time">Tells what is too old.</param>
internal sealed class TombstoneStore(IKubeClient host, string systemNamespace, TimeProvider time)
{
    private const int Attempts = 5;

    private static readonly WriteOptions Options = new() { FieldManager = KubeFedNames.FieldManager };

    private readonly ObjectKey _key = new(systemNamespace, KubeFedNames.DeletionsName);

    /// <exception cref="KubeException">It could not be read.</exception>
    public async Task<Tombstones> ReadAsync(CancellationToken cancellationToken) =>
        Tombstones.Read(await host.FindAsync(KnownResources.ConfigMaps, _key, cancellationToken).ConfigureAwait(false), time.GetUtcNow());

    /// <summary>Adds some in one write, and drops what is too old. Nothing that another writer adds at the same time is lost.</summary>
    /// <exception cref="KubeException">They could not be written.</exception>
    public async Task AddAsync(IReadOnlyList<Tombstone> tombstones, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await host.FindAsync(KnownResources.ConfigMaps, _key, cancellationToken).ConfigureAwait(false);
            var data = Tombstones.Next(stored, tombstones, time.GetUtcNow());
            try
            {
                if (stored is not null)
                {
                    var patch = KubePatch.Merge(new JsonObject { ["data"] = data });
                    await host.PatchAsync(KnownResources.ConfigMaps, _key, patch, Options, cancellationToken).ConfigureAwait(false);
                    return;
                }

                var created = KubeObject.Create(KnownResources.ConfigMaps, _key);
                created.Json["data"] = data;
                await host.CreateAsync(KnownResources.ConfigMaps, created, Options, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KubeApiException error) when ((stored is null ? error.IsAlreadyExists : error.IsNotFound) && attempt < Attempts)
            {
                // Another writer made it, or somebody removed it, in this very moment.
            }
        }
    }
}
