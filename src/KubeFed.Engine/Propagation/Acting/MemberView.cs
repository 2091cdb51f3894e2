using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>All copies of one type in one member as one list showed them: versions by key, or why there is no list.</summary>
internal sealed class MemberView
{
    private readonly Dictionary<ObjectKey, MemberVersion> _versions = [];

    private MemberView()
    {
    }

    /// <summary>Why nothing is known; null when the list was read.</summary>
    public MemberFault? Fault { get; private init; }

    /// <summary>Everything that carries the managed label, whatever it says.</summary>
    public IReadOnlyDictionary<ObjectKey, MemberVersion> Versions => _versions;

    public static MemberView Unreadable(MemberFault fault) => new() { Fault = fault };

    /// <summary>Lists what carries the label: metadata only, unless the copies' status is to be collected (E-120).</summary>
    public static async Task<MemberView> ReadAsync(
        Task<IKubeClient> connecting, FederatedType type, SyncScope scope, CancellationToken cancellationToken)
    {
        try
        {
            var client = await connecting.ConfigureAwait(false);
            var withStatus = scope.CollectsStatus(type);
            var query = new ListQuery
            {
                Namespace = type.Target.Namespaced ? scope.SingleNamespace : null,
                LabelSelector = KubeFedNames.ManagedLabel,
                FieldSelector = scope.SingleName is { } name ? $"metadata.name={name}" : null,
                MetadataOnly = !withStatus,
            };
            var view = new MemberView();
            try
            {
                // Page by page, so that no more than one page of objects is held at a time.
                await foreach (var page in client.ListPagesAsync(type.Target, query, cancellationToken).ConfigureAwait(false))
                {
                    view.Add(page, withStatus);
                }
            }
            catch (KubeApiException expired) when (expired.IsExpired)
            {
                view._versions.Clear();
                view.Add(await client.ListAsync(type.Target, query with { PageSize = 0 }, cancellationToken).ConfigureAwait(false), withStatus);
            }

            return view;
        }
        catch (Exception error) when (MemberFault.Is(error))
        {
            return Unreadable(MemberFault.OfRead(error));
        }
    }

    /// <summary>What is known of one copy without asking again.</summary>
    public MemberState StateOf(ObjectKey key) => Fault is { } fault ? new MemberState.Unavailable(fault.Reason, fault.Message)
        : _versions.TryGetValue(key, out var version) ? MemberState.Found(version)
        : MemberState.NotListed;

    private void Add(KubeList page, bool withStatus)
    {
        foreach (var item in page.Items)
        {
            _versions[item.Key] = MemberVersion.Of(item, withStatus);
        }
    }
}
