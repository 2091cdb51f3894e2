using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>All copies of one type in one member as one list showed them: versions by key, or why there is no list.</summary>
internal sealed class MemberView
{
    private readonly Dictionary<ObjectKey, MemberVersion> _versions = [];
    private readonly Func<ObjectKey, MemberVersion?> _find;

    private MemberView(Func<ObjectKey, MemberVersion?>? find = null) => _find = find ?? _versions.GetValueOrDefault;

    /// <summary>Why nothing is known; null when the list was read.</summary>
    public MemberFault? Fault { get; private init; }

    /// <summary>There is no need to look for a copy by its name: it can't be there.</summary>
    private bool IsForeseen { get; init; }

    /// <summary>Everything that carries the managed label, whatever it says; nothing where the copies are watched, and known one by one only.</summary>
    public IReadOnlyDictionary<ObjectKey, MemberVersion> Versions => _versions;

    /// <summary>The target type in the version the member serves.</summary>
    public required ApiResource Resource { get; init; }

    public static MemberView Unreadable(ApiResource resource, MemberFault fault) => new() { Resource = resource, Fault = fault };

    /// <summary>A type that the member will serve and does not serve yet, so that there can be no copies.</summary>
    public static MemberView Foreseen(ApiResource resource) => new() { Resource = resource, IsForeseen = true };

    /// <summary>The copies a watch knows.</summary>
    /// <param name="resource">The target type in the version the member serves.</param>
    /// <param name="find">What is known of one; null when it does not carry the label, or is not there.</param>
    public static MemberView Watched(ApiResource resource, Func<ObjectKey, MemberVersion?> find) => new(find) { Resource = resource };

    /// <summary>Lists what carries the label: metadata only, unless the copies' status is to be collected (E-120).</summary>
    public static async Task<MemberView> ReadAsync(
        Task<IKubeClient> connecting, ServedVersions versions, FederatedType type, SyncScope scope, CancellationToken cancellationToken)
    {
        try
        {
            var client = await connecting.ConfigureAwait(false);
            try
            {
                return await ListAsync(client, type.Target, scope.CollectsStatus(type), scope, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException missing) when (missing.IsNotFound)
            {
                return await versions.FindAsync(type.Target).ConfigureAwait(false) is { } served
                    ? await ListAsync(client, served, scope.CollectsStatus(type), scope, cancellationToken).ConfigureAwait(false)
                    : Unreadable(type.Target, MemberFault.OfRead(missing));
            }
        }
        catch (Exception error) when (MemberFault.Is(error))
        {
            return Unreadable(type.Target, MemberFault.OfRead(error));
        }
    }

    private static async Task<MemberView> ListAsync(
        IKubeClient client, ApiResource resource, bool withStatus, SyncScope scope, CancellationToken cancellationToken)
    {
        var query = new ListQuery
        {
            Namespace = resource.Namespaced ? scope.SingleNamespace : null,
            LabelSelector = KubeFedNames.ManagedLabel,
            FieldSelector = scope.SingleName is { } name ? $"metadata.name={name}" : null,
            MetadataOnly = !withStatus,
        };
        var view = new MemberView { Resource = resource };
        try
        {
            // Page by page, so that no more than one page of objects is held at a time; and of metadata alone not even that.
            if (withStatus)
            {
                await foreach (var page in client.ListPagesAsync(resource, query, cancellationToken).ConfigureAwait(false))
                {
                    view.Add(page, withStatus, scope.Self);
                }
            }
            else
            {
                await foreach (var page in client
                    .ReadPagesAsync(resource, query, item => ListedCopy.Read(item, scope.Self), cancellationToken).ConfigureAwait(false))
                {
                    foreach (var (key, version) in page)
                    {
                        view._versions[key] = version;
                    }
                }
            }
        }
        catch (KubeApiException expired) when (expired.IsExpired)
        {
            view._versions.Clear();
            view.Add(await client.ListAsync(resource, query with { PageSize = 0 }, cancellationToken).ConfigureAwait(false), withStatus, scope.Self);
        }

        return view;
    }

    /// <summary>What is known of one copy without asking again.</summary>
    /// <param name="key">The copy's.</param>
    /// <param name="recordsScaling">The member records who scales an object.</param>
    public MemberState StateOf(ObjectKey key, bool recordsScaling) => Fault is { } fault ? new MemberState.Unavailable(fault.Reason, fault.Message)
        : Find(key) is { } version ? MemberState.Found(version, recordsScaling: recordsScaling)
        : IsForeseen ? MemberState.Absent
        : MemberState.NotListed;

    /// <summary>What is known of one copy; null when none carries the label.</summary>
    public MemberVersion? Find(ObjectKey key) => _find(key);

    private void Add(KubeList page, bool withStatus, FederationIdentity? self)
    {
        foreach (var item in page.Items)
        {
            _versions[item.Key] = MemberVersion.Of(item, withStatus, self);
        }
    }
}
