using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Federate;

#pragma warning disable CA1822 // Whether a method needs the host is not for its callers to know.
/// <summary>The federated objects on the host: read, make, change, remove; and turning a plain object into one.</summary>
public sealed class FederatedResources(Federation federation)
{
    private const int EditAttempts = 5;

    private static readonly WriteOptions Write = new() { FieldManager = KubeFedNames.FieldManager };

    /// <summary>By type, then namespace and name. A type whose definition is gone from the host has no resources.</summary>
    public async IAsyncEnumerable<FederatedResource> ListAsync(FederatedQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var types = query.Type is { } only ? [only] : await federation.Types.ListAsync(cancellationToken).ConfigureAwait(false);
        var pattern = query.Name is null ? null : new NamePattern(query.Name);
        var list = new ListQuery
        {
            Namespace = query.Namespace,
            LabelSelector = query.LabelSelector,
            FieldSelector = pattern is { IsWildcard: false } ? $"metadata.name={pattern.Text}" : null,
        };
        foreach (var type in types.Where(type => query.Namespace is null || type.Federated.Namespaced))
        {
            foreach (var found in await ListTypeAsync(type, list, cancellationToken).ConfigureAwait(false))
            {
                if (pattern is null || pattern.Matches(found.Name))
                {
                    yield return new FederatedResource(type, found);
                }
            }
        }
    }

    public async Task<FederatedResource?> FindAsync(FederatedType type, ObjectKey key, CancellationToken cancellationToken) =>
        await federation.Host.FindAsync(type.Federated, key, cancellationToken).ConfigureAwait(false) is { } found ? new FederatedResource(type, found) : null;

    /// <summary>The object <see cref="CreateAsync"/> would store, but for the finalizer it may add; no request is made.</summary>
    /// <exception cref="FederationException">
    /// A field is wrong: <c>InvalidName</c>, <c>NamespaceRequired</c>, <c>NamespaceNotAllowed</c>, <c>InvalidNamespace</c>, <c>InvalidTemplate</c>,
    /// <c>InvalidPlacement</c>, <c>DuplicateCluster</c>, <c>InvalidSelector</c>, <c>InvalidOverride</c>, <c>InvalidOverridePath</c>,
    /// <c>ForbiddenOverridePath</c>, <c>InvalidOverrideOp</c>, <c>InvalidValueTemplate</c>, <c>DuplicateOverride</c>.
    /// </exception>
    public FederatedResource Draft(NewFederatedResource request) => Federate.Draft.From(request).ThrowIfFaulty();

    /// <summary>
    /// Stores a draft, with the finalizer it would get from its first sync: one write less, and its deletion is a sync's from the beginning (E-27).
    /// </summary>
    /// <exception cref="FederationException">
    /// <c>FederatedResourceExists</c>, <c>FederatedDefinitionTooOld</c>, or what <see cref="Draft"/> finds.
    /// </exception>
    public async Task<FederatedResource> CreateAsync(FederatedResource draft, bool dryRun, CancellationToken cancellationToken)
    {
        draft.ThrowIfFaulty();
        try
        {
            if (OverrideFields.Of(draft) > 0)
            {
                var answer = await federation.Host
                    .CreateAsync(draft.Type.Federated, draft.Object, Write with { DryRun = true }, cancellationToken).ConfigureAwait(false);
                OverrideFields.ThrowIfDropped(draft, new FederatedResource(draft.Type, answer));
            }

            if (dryRun)
            {
                return await FindAsync(draft.Type, draft.Key, cancellationToken).ConfigureAwait(false) is null ? draft : throw Exists(draft, null);
            }

            var value = await IsTendedAsync(draft, cancellationToken).ConfigureAwait(false) ? WithFinalizer(draft) : draft.Object;
            return new FederatedResource(draft.Type, await federation.Host.CreateAsync(draft.Type.Federated, value, Write, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeApiException error) when (error.IsAlreadyExists)
        {
            throw Exists(draft, error);
        }
        catch (KubeApiException error) when (error.IsNotFound && draft.Key.Namespace is { } @namespace)
        {
            throw new FederationException(
                "NamespaceNotFound", FederationProblem.NotFound, $"{Describe(draft.Type, draft.Key)} cannot be created: {error.Status.Message}.", error)
            {
                Remedy = $"Create the namespace {@namespace} on {federation.Options.HostName} first; "
                    + $"if it exists, run Enable-KubeFedType {draft.Type.Name} again.",
                Target = draft.Key.ToString(),
            };
        }
    }

    /// <summary>
    /// Reads, edits, validates and writes; reads again and repeats when someone else wrote in between. An edit that changes nothing writes nothing.
    /// </summary>
    /// <exception cref="FederationException">
    /// <c>FederatedResourceNotFound</c>, <c>FederatedDefinitionTooOld</c>, or what the validation found.
    /// </exception>
    public Task<FederatedResource> EditAsync(
        FederatedType type, ObjectKey key, Action<FederatedResource> edit, bool dryRun, CancellationToken cancellationToken) => EditAsync(
        type,
        key,
        resource =>
        {
            edit(resource);
            return Task.CompletedTask;
        },
        dryRun,
        cancellationToken);

    /// <summary>As above, for an edit that has something to wait for before its outcome is written.</summary>
    /// <exception cref="FederationException">As above.</exception>
    public async Task<FederatedResource> EditAsync(
        FederatedType type, ObjectKey key, Func<FederatedResource, Task> edit, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await FindAsync(type, key, cancellationToken).ConfigureAwait(false) ?? throw NotFound(type, key);
            var edited = new FederatedResource(type, stored.Object.Clone());
            await edit(edited).ConfigureAwait(false);
            if (JsonNode.DeepEquals(stored.Object.Json, edited.Object.Json))
            {
                return stored;
            }

            edited.ThrowIfFaulty();
            try
            {
                if (OverrideFields.Of(edited) > OverrideFields.Of(stored))
                {
                    var answer = await federation.Host
                        .ReplaceAsync(type.Federated, edited.Object, Write with { DryRun = true }, cancellationToken).ConfigureAwait(false);
                    OverrideFields.ThrowIfDropped(edited, new FederatedResource(type, answer));
                }

                if (dryRun)
                {
                    return edited;
                }

                var written = await federation.Host.ReplaceAsync(type.Federated, edited.Object, Write, cancellationToken).ConfigureAwait(false);
                return new FederatedResource(type, written);
            }
            catch (KubeApiException error) when (error.IsConflict && attempt < EditAttempts)
            {
                // The next round edits what the other writer left.
            }
            catch (KubeApiException error) when (error.IsNotFound)
            {
                throw NotFound(type, key, error);
            }
        }
    }

    /// <summary>Marks for deletion; the next sync removes the copies, or, with <paramref name="orphan"/>, unlabels them (E-91).</summary>
    /// <exception cref="FederationException"><c>FederatedResourceNotFound</c>.</exception>
    public Task DeleteAsync(FederatedType type, ObjectKey key, bool orphan, bool dryRun, CancellationToken cancellationToken) =>
        DeleteAsync(type, key, new ResourceDeletion { Orphan = orphan, DryRun = dryRun }, cancellationToken);

    /// <summary>Marks for deletion, and says on the object what the next sync is to do with the copies (E-91, E-92).</summary>
    /// <exception cref="FederationException"><c>FederatedResourceNotFound</c>.</exception>
    public async Task DeleteAsync(FederatedType type, ObjectKey key, ResourceDeletion deletion, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(type, key, cancellationToken).ConfigureAwait(false) ?? throw NotFound(type, key);
        if (deletion.DryRun)
        {
            return;
        }

        try
        {
            var annotations = new JsonObject();
            if (deletion.Orphan && !stored.Orphan)
            {
                annotations[KubeFedNames.OrphanAnnotation] = "true";
            }

            if (deletion.Propagation is not null || deletion.GracePeriodSeconds is not null)
            {
                annotations[KubeFedNames.DeleteOptionsAnnotation] = DeletionAnnotation.Write(
                    stored.Object, deletion.Propagation, deletion.GracePeriodSeconds);
            }

            if (annotations.Count > 0)
            {
                var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
                await federation.Host.PatchAsync(type.Federated, key, KubePatch.Merge(patch), Write, cancellationToken).ConfigureAwait(false);
            }

            if (!stored.Object.IsDeleting)
            {
                await federation.Host
                    .DeleteAsync(type.Federated, key, new DeleteOptions { PreconditionUid = stored.Object.Uid }, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            throw NotFound(type, key, error);
        }
    }

    /// <summary>The federated form of an existing object, by K-53 to K-56 with P-125's repairs; no request is made.</summary>
    /// <exception cref="FederationException"><c>KindMismatch</c>, <c>TokenSecretNotFederable</c>, or what <see cref="Draft"/> finds.</exception>
    public FederatedResource FromTarget(FederatedType type, KubeObject target, PlacementSpec placement) =>
        TargetConversion.Convert(type, target, placement).ThrowIfFaulty();

    /// <summary>A namespace of the host and what it contains, as federated resources to create; nothing is written.</summary>
    /// <exception cref="FederationException"><c>NamespaceNotFound</c>.</exception>
    public IAsyncEnumerable<ContentItem> FromNamespaceAsync(ContentsRequest request, CancellationToken cancellationToken) =>
        new NamespaceFederation(federation, request).ReadAsync(cancellationToken);

    /// <summary>
    /// Objects out of files, in their order, as federated resources; nothing is written, and no host need be reachable (K-63). One that cannot be federated
    /// (<c>InvalidManifest</c>, or what <see cref="FromTarget"/> finds) says why and does not end the rest.
    /// </summary>
    public IAsyncEnumerable<ConvertedManifest> FromManifestsAsync(ManifestRequest request, CancellationToken cancellationToken) =>
        new ManifestConversion(federation, request).ReadAsync(cancellationToken);

    /// <summary>The type that federates a target, whether it is enabled or what enabling would make of it, by any name kubectl would understand.</summary>
    /// <exception cref="FederationException"><c>TypeNotServed</c> or <c>TypeAmbiguous</c>.</exception>
    /// <remarks>K-50.</remarks>
    public async Task<FederatedType> TypeForAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await federation.Types.ResolveAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (FederationException error) when (error.Id is "TypeNotEnabled" or "ControlPlaneNotFound")
        {
            return (await federation.Types.DescribeAsync(new EnableRequest { Name = name }, NullSink.Instance, cancellationToken).ConfigureAwait(false)).Type;
        }
    }

    /// <summary>A draft as it would be once it is stored: over what is stored under its name, if anything is, with that one's status and identity.</summary>
    public async Task<FederatedResource> OverStoredAsync(FederatedResource draft, CancellationToken cancellationToken)
    {
        if (draft.Object.Uid.Length > 0 || await FindAsync(draft.Type, draft.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return draft;
        }

        var merged = stored.Object.Clone();
        merged.Json["spec"] = draft.Object.Json["spec"]?.DeepClone();
        return new FederatedResource(draft.Type, merged);
    }

    /// <summary>The copies of one resource in members: cluster and object (null object: none there; non-null error: it could not be read).</summary>
    /// <param name="resource">Whose copies.</param>
    /// <param name="clusters">Null reads every registered cluster.</param>
    /// <param name="cancellationToken">Stops all reads.</param>
    /// <returns>In the order the members answer.</returns>
    public IAsyncEnumerable<FederatedCopy> CopiesAsync(FederatedResource resource, IReadOnlyList<string>? clusters, CancellationToken cancellationToken) =>
        new MemberCopies(federation).ReadAsync(resource, clusters, cancellationToken);

    /// <summary>The copies of many resources of one type, by one list per member.</summary>
    /// <param name="query">Whose, and where.</param>
    /// <param name="cancellationToken">Stops all reads.</param>
    /// <returns>Member by member, in the order they answer; one that can't be read says so and holds up nobody.</returns>
    /// <exception cref="SelectorException">The selector can't be read.</exception>
    public IAsyncEnumerable<ClusterCopies> CopiesAsync(CopyQuery query, CancellationToken cancellationToken)
    {
        if (query.LabelSelector is not null)
        {
            // Said once and at once, instead of by every member.
            LabelSelector.Parse(query.LabelSelector);
        }

        return new MemberCopies(federation).ListAsync(query, cancellationToken);
    }

    private static KubeObject WithFinalizer(FederatedResource draft)
    {
        if (draft.HasSyncFinalizer)
        {
            return draft.Object;
        }

        var value = draft.Object.Clone();
        value.Metadata["finalizers"] = new JsonArray([.. value.Finalizers, KubeFedNames.SyncFinalizer]);
        return value;
    }

    /// <summary>Whether a sync would see the resource's deletion through. Where that can't be read the first sync adds the finalizer, as for anybody's.</summary>
    private async Task<bool> IsTendedAsync(FederatedResource draft, CancellationToken cancellationToken)
    {
        try
        {
            var config = await federation.ControlPlane.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
            return new SyncScope(new SyncRequest(), config, federation.SystemNamespace, self: null).Tends(draft);
        }
        catch (Exception error) when (error is FederationException { Problem: FederationProblem.NotFound } or KubeApiException { IsForbidden: true })
        {
            return false;
        }
    }

    private static string Describe(FederatedType type, ObjectKey key) => $"{type.Federated.Kind} {key}";

    private static FederationException NotFound(FederatedType type, ObjectKey key, Exception? inner = null) => new(
        "FederatedResourceNotFound", FederationProblem.NotFound, $"There is no {Describe(type, key)}.", inner)
    {
        Remedy = $"Get-FederatedResource -Type {type.Name} lists those there are.",
        Target = key.ToString(),
    };

    private static FederationException Exists(FederatedResource draft, Exception? inner) => new(
        "FederatedResourceExists", FederationProblem.AlreadyExists, $"{Describe(draft.Type, draft.Key)} exists already.", inner)
    {
        Remedy = "Change it with Set-FederatedResource, or remove it first.",
        Target = draft.Key.ToString(),
    };

    private async Task<IReadOnlyList<KubeObject>> ListTypeAsync(FederatedType type, ListQuery query, CancellationToken cancellationToken)
    {
        try
        {
            var list = await federation.Host.ListAsync(type.Federated, query, cancellationToken).ConfigureAwait(false);
            return [.. list.Items.OrderBy(item => item.Key)];
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return [];
        }
    }
}
