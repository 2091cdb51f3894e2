using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Control.Events;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Reading;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <content>What is watched, as configuration, types and clusters ask for it.</content>
internal sealed partial class ControlRun
{
    /// <summary>Configuration, types, clusters or tokens changed: the watches become what they ask for. All others go on (P-21, C-51).</summary>
    public void SettingChanged()
    {
        if (!_host.IsKnown)
        {
            return;
        }

        SyncBasis before, now;
        lock (_gate)
        {
            before = _basis;
            _basis = now = new SyncBasis(ReadConfig(before.Config), _self, ReadTypes(), ReadClusters());
            Rewatch(now);
        }

        _known.TrySetResult();
        Compare(before, now);
    }

    public string? WhyItRests(FederatedType type) => _basis is var basis ? WhyItRests(type, basis, ScopeOf(basis)) : null;

    public bool IsInWork(string type) => _queue.Count(key => key.Type).GetValueOrDefault(type).InWork > 0;

    /// <summary>What is refused leaves what was before in force; nothing ends because of it (P-106).</summary>
    private ControlPlaneConfig ReadConfig(ControlPlaneConfig before)
    {
        if (_host.Config.Find(new ObjectKey(_federation.SystemNamespace, KubeFedNames.ConfigName)) is not { } found)
        {
            return Refuse("it is gone");
        }

        var errors = KubeFedConfigValidation.Check(found, before: null);
        if (errors.Count > 0 && before.Source.ResourceVersion != found.ResourceVersion)
        {
            return Refuse(string.Join("; ", errors));
        }

        _refused = null;
        return ControlPlaneConfigReader.Read(found);

        ControlPlaneConfig Refuse(string why)
        {
            if (_refused != why)
            {
                _refused = why;
                Sink.Warning($"KubeFedConfig {KubeFedNames.ConfigName} is not taken over, and what it said before stays in force: {why}.");
            }

            return before;
        }
    }

    private IReadOnlyList<FederatedType> ReadTypes() =>
        [.. _host.Types.Values().OrderBy(value => value.Name, StringComparer.Ordinal).Select(Types.FederatedTypeReader.Read)];

    private IReadOnlyList<MemberCluster> ReadClusters() =>
        [.. _host.Clusters.Values().OrderBy(value => value.Name, StringComparer.Ordinal).Select(MemberClusterReader.Read)];

    private void Rewatch(SyncBasis basis)
    {
        var scope = ScopeOf(basis);
        var worked = basis.Types.Where(type => WhyItRests(type, basis, scope) is null).ToList();
        var home = basis.Config.Scope == ControlPlaneScope.Namespaced ? _federation.SystemNamespace : null;

        // Namespaces place what is in them, whether they are propagated themselves or not.
        _host.Watch([.. worked, .. basis.Types.Where(type => type.IsNamespaceType && !worked.Contains(type))], home);
        _queue.Forget(key => !worked.Exists(type => type.Name == key.Type));
        var wanted = worked.ToDictionary(
            type => type.Name, type => (type, new CopyQuery(type.Target, scope.CollectsStatus(type), home)), StringComparer.Ordinal);
        foreach (var cluster in basis.Clusters)
        {
            var member = _members.GetValueOrDefault(cluster.Name) ?? Begin(cluster.Name);
            member.Register(cluster, Connect);

            // Not before it knows its cluster: from here on anybody may look at it.
            _members[cluster.Name] = member;
            member.Watch(wanted, _self);
            if (member.IsNew)
            {
                member.IsNew = false;
                BeginHealth(member);
            }
        }

        foreach (var gone in _members.Keys.Except(basis.Clusters.Select(cluster => cluster.Name), StringComparer.Ordinal))
        {
            if (_members.TryRemove(gone, out var member))
            {
                member.Stop();
            }
        }

        foreach (var type in basis.Types)
        {
            _types.Add(type.Name);
        }
    }

    private SyncScope ScopeOf(SyncBasis basis) => new(new SyncRequest(), basis.Config, _federation.SystemNamespace, _self);

    /// <summary>
    /// Without its FederatedNamespaces a control plane of the whole cluster would take every copy for one whose namespace is not federated; as with KubeFed,
    /// such types rest meanwhile (section 5 of its controllers).
    /// </summary>
    private static string? WhyItRests(FederatedType type, SyncBasis basis, SyncScope scope) =>
        basis.Config.WhyNotPropagating is { } off ? off
        : !type.PropagationEnabled ? "its propagation is disabled"
        : type.Source.IsDeleting ? "it is being deleted"
        : !scope.Reaches(type) ? "it lives in no namespace, and this control plane is one of a single namespace"
        : type.IsNamespaceType || !type.Target.Namespaced || basis.Config.Scope == ControlPlaneScope.Namespaced
            || basis.Types.Any(other => other.IsNamespaceType) ? null
        : "it lives in namespaces, and these are not federated: enable the type namespaces";

    private MemberWatch Begin(string name) => new(name, this) { IsNew = true };

    private IKubeClient Connect(MemberCluster cluster) => _federation.Members.Connect(
        cluster, cluster.SecretName.Length == 0 ? null : _host.Secrets.Find(new ObjectKey(_federation.SystemNamespace, cluster.SecretName))?.Text);

    private void BeginHealth(MemberWatch member)
    {
        if (!Options.ChecksHealth)
        {
            return;
        }

        var loop = new HealthLoop(_federation, member, () => _basis.Config.Health, Probed);
        _ = GuardAsync(() => loop.RunAsync(Sink, _logger, member.Stopping.Token), member.Stopping.Token);

        void Probed(MemberWatch probed, ProbeResult probe)
        {
            _instruments.Probed(probe.Latency);
            _events.Tell(EventWording.Of(probed.Cluster, probe));
        }
    }
}
