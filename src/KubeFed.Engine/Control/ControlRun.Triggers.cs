using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Engine.Scheduling;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Engine.Control;

/// <content>What leads to what. A resource that is looked at for nothing costs no request, so in doubt it is looked at.</content>
internal sealed partial class ControlRun
{
    /// <remarks>E-1: what we write ourselves, status, does not lead to another look.</remarks>
    public void FederatedChanged(string type, InformerEvent<KubeObject> change)
    {
        if (_host.Federated.GetValueOrDefault(type) is not { } watched)
        {
            return;
        }

        if (change.Change == InformerChange.Synced)
        {
            AddAll(watched);
            AddCopies(watched.Type);
            return;
        }

        if (!IsNews(change.Before, change.After))
        {
            return;
        }

        Add(new WorkKey(type, change.Key));
        if (watched.Type.IsNamespaceType && change.Key.Name == change.Key.Namespace)
        {
            AddNamespace(change.Key.Name);
        }
        else if (PreferenceOf(watched.Type, change.Key) is not null)
        {
            _scheduling.Add(change.Key);
        }
    }

    public void CopyChanged(MemberWatch member, FederatedType type, InformerEvent<MemberVersion> change)
    {
        Add(new WorkKey(type.Name, type.FederatedOf(change.Key)));
        if (type.IsNamespaceType && change.Change == InformerChange.Added)
        {
            // What lives in it may have been refused because it was not there yet.
            AddNamespace(change.Key.Name);
        }
        else if (PreferenceOf(type, change.Key) is { } preference && (preference.Preference.Rebalance || preference.Preference.Mode == SchedulingMode.Fair))
        {
            _scheduling.AddLazily(change.Key);
        }
    }

    public void ViewTurned(MemberWatch member, FederatedType type)
    {
        if (_host.Federated.GetValueOrDefault(type.Name) is { } watched)
        {
            AddAll(watched);
        }
    }

    public void MemberTurned(MemberWatch member)
    {
        Sink.Verbose($"Cluster {member.Name} {(member.Trouble is { } trouble ? $"is not well: {trouble.Text}" : "is well")}.");
        AddEverything();
    }

    public void PreferenceChanged(InformerEvent<KubeObject> change)
    {
        if (change.Change != InformerChange.Synced && IsNews(change.Before, change.After) && change.After is not null)
        {
            _scheduling.Add(change.Key);
        }
    }

    public void NamespaceChanged(InformerEvent<KeptText> change)
    {
        if (change.Change != InformerChange.Synced && change.Before?.Text != change.After?.Text && _host.Federated.ContainsKey(KubeFedNames.NamespacesType))
        {
            Add(new WorkKey(KubeFedNames.NamespacesType, new ObjectKey(change.Key.Name, change.Key.Name)));
        }
    }

    public void HostTroubled(string what, KubeException? trouble)
    {
        if (trouble is null)
        {
            Sink.Verbose($"The {what} can be watched.");
        }
        else
        {
            Sink.Warning($"The {what} can't be watched on the host for now: {trouble.Message}");
        }

        // A type that comes to be readable has waited for it.
        foreach (var type in _host.Federated.Values.Where(type => trouble is null && type.Type.Federated.QualifiedName == what))
        {
            AddAll(type);
        }
    }

    /// <summary>What a changed setting means for what has been decided.</summary>
    private void Compare(SyncBasis before, SyncBasis now)
    {
        if (!before.Config.SaysTheSame(now.Config) || !before.Clusters.Select(Essence).SequenceEqual(now.Clusters.Select(Essence), StringComparer.Ordinal))
        {
            AddEverything();
        }

        if (before.Types.Any(type => type.IsNamespaceType) && !now.Types.Any(type => type.IsNamespaceType) && now.Config.Scope == ControlPlaneScope.Cluster)
        {
            Sink.Warning("Namespaces are no longer federated, so nothing that lives in one is looked after until they are again.");
        }
    }

    /// <summary>What of a cluster decisions depend on; a heartbeat of its health does not matter.</summary>
    private static string Essence(MemberCluster cluster) => string.Join(
        '\n',
        [
            cluster.Name, cluster.Source.Uid, $"{cluster.Source.Generation}", $"{cluster.Ready}",
            cluster.KubernetesVersion ?? string.Empty, $"{cluster.Suspension}",
            .. cluster.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"),
            .. cluster.Source.Annotations.OrderBy(note => note.Key, StringComparer.Ordinal).Select(note => $"{note.Key}={note.Value}"),
        ]);

    /// <summary>Whether somebody declared something; statuses and managed fields move the version too.</summary>
    private static bool IsNews(KubeObject? before, KubeObject? after) =>
        before is null
        || after is null
        || before.Uid != after.Uid
        || before.Generation != after.Generation
        || before.IsDeleting != after.IsDeleting
        || !before.Finalizers.SequenceEqual(after.Finalizers, StringComparer.Ordinal)
        || !Same(before.Annotations, after.Annotations)
        || !Same(before.Labels, after.Labels);

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out var value) && value == entry.Value);

    private StoredPreference? PreferenceOf(FederatedType type, ObjectKey key) =>
        _host.Preferences.Count > 0
        && _host.Preferences.Find(key) is { } found
        && StoredPreference.Read(found) is var stored
        && stored.Preference.TargetKind == type.Federated.Kind
            ? stored
            : null;

    private void Add(WorkKey key)
    {
        // What nobody knows the resources of yet is added when they are known.
        if (_host.Federated.GetValueOrDefault(key.Type) is { Loop.IsKnown: true } watched && IsWorked(watched.Type))
        {
            _queue.Add(key, Options.Debounce);
        }
    }

    private bool IsWorked(FederatedType type) =>
        _basis.Config.WhyNotPropagating is null && type.PropagationEnabled && !type.Source.IsDeleting;

    private void AddAll(HostType watched)
    {
        foreach (var key in watched.Loop.Keys())
        {
            Add(new WorkKey(watched.Type.Name, key));
        }
    }

    /// <summary>Copies that no resource stands behind are orphans; nothing else would lead to them (S-41).</summary>
    private void AddCopies(FederatedType type)
    {
        foreach (var member in _members.Values)
        {
            foreach (var target in member.Copies(type.Name)?.Keys() ?? [])
            {
                Add(new WorkKey(type.Name, type.FederatedOf(target)));
            }
        }
    }

    private void AddNamespace(string name)
    {
        foreach (var watched in _host.Federated.Values.Where(type => !type.Type.IsNamespaceType && type.Type.Target.Namespaced))
        {
            foreach (var key in watched.Loop.Keys().Where(key => key.Namespace == name))
            {
                Add(new WorkKey(watched.Type.Name, key));
            }
        }

        foreach (var key in _host.Preferences.Keys().Where(key => key.Namespace == name))
        {
            _scheduling.Add(key);
        }
    }

    private void AddEverything()
    {
        foreach (var watched in _host.Federated.Values)
        {
            AddAll(watched);
        }

        foreach (var key in _host.Preferences.Keys())
        {
            _scheduling.Add(key);
        }
    }
}
