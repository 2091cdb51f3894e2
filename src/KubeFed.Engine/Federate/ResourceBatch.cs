using System.Runtime.CompilerServices;
using KubeFed.Engine.Api;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Federate;

/// <summary>What became of one draft of a batch: the stored resource, or the error.</summary>
public sealed record BatchItem(FederatedResource Draft, FederatedResource? Stored, FederationException? Error);

/// <summary>
/// Several drafts that belong together: a namespace with its contents, or the objects of a file. Their types are made sure of before the first is stored, and
/// they are stored in their order; one that fails does not end the rest.
/// </summary>
/// <remarks>K-60, P-124.</remarks>
public sealed class ResourceBatch(Federation federation, IReadOnlyList<FederatedResource> drafts)
{
    /// <summary>Enables the types of the drafts that are not, where that is allowed; a dry run only plans it.</summary>
    /// <exception cref="FederationException">
    /// <c>TypeNotEnabled</c>: it is not allowed; the message names all of them. Or what <see cref="TypeRegistry.EnableAsync"/> finds.
    /// </exception>
    public async Task<IReadOnlyList<EnableResult>> EnableTypesAsync(bool allowed, bool dryRun, IEngineSink sink, CancellationToken cancellationToken)
    {
        var missing = drafts.Select(draft => draft.Type).Where(type => type.Source.Uid.Length == 0).DistinctBy(type => type.Name).ToList();
        if (missing.Count > 0 && !allowed)
        {
            var names = string.Join(", ", missing.Select(type => type.Name));
            throw new FederationException("TypeNotEnabled", FederationProblem.NotFound, $"Not federated on {federation.Options.HostName}: {names}.")
            {
                Target = missing[0].Name,
                Remedy = $"Run Enable-KubeFedType {names}, or have missing types enabled on the way with -EnableType.",
            };
        }

        var enabled = new List<EnableResult>();
        foreach (var type in missing)
        {
            var request = new EnableRequest { Name = type.Name, TargetVersion = type.Target.Version, FederatedGroup = type.Federated.Group, DryRun = dryRun };
            enabled.Add(await federation.Types.EnableAsync(request, sink, cancellationToken).ConfigureAwait(false));
        }

        return enabled;
    }

    /// <summary>One item for each draft. In a dry run, what would be stored, after a look whether it exists.</summary>
    public async IAsyncEnumerable<BatchItem> CreateAsync(bool dryRun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var draft in drafts)
        {
            yield return await CreateAsync(draft, dryRun, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BatchItem> CreateAsync(FederatedResource draft, bool dryRun, CancellationToken cancellationToken)
    {
        try
        {
            return new BatchItem(draft, await federation.Resources.CreateAsync(draft, dryRun, cancellationToken).ConfigureAwait(false), null);
        }
        catch (FederationException error)
        {
            return new BatchItem(draft, null, error);
        }
        catch (KubeException error)
        {
            var name = $"{draft.Type.Federated.Kind} {draft.Key}";
            return new BatchItem(draft, null, new FederationException("FederateFailed", FederationProblem.Failed, $"{name}: {error.Message}", error)
            {
                Remedy = error.Remedy,
                Target = name,
            });
        }
    }
}
