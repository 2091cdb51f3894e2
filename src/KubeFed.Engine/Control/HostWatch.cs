using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Watching;

namespace KubeFed.Engine.Control;

/// <summary>What a controller watches on the host, one watch for each kind, whoever needs it (P-100).</summary>
internal sealed class HostWatch
{
    private readonly Federation _federation;
    private readonly IHostEvents _events;
    private readonly ConcurrentDictionary<string, HostType> _federated = new(StringComparer.Ordinal);

    public HostWatch(Federation federation, IHostEvents events)
    {
        (_federation, _events) = (federation, events);
        Client = new ObservedClient(federation.Host, federation.Time, Wrote);
        Config = Loop("KubeFedConfig", _ => events.SettingChanged());
        Types = Loop("FederatedTypeConfigs", _ => events.SettingChanged());
        Clusters = Loop("KubeFedClusters", _ => events.SettingChanged());
        Preferences = Loop("ReplicaSchedulingPreferences", events.PreferenceChanged);
        Secrets = Texts("Secrets", _ => events.SettingChanged());
        Namespaces = Texts("Namespaces", events.NamespaceChanged);
    }

    public ObservedClient Client { get; }

    public WatchLoop<KubeObject> Config { get; }

    public WatchLoop<KubeObject> Types { get; }

    public WatchLoop<KubeObject> Clusters { get; }

    public WatchLoop<KubeObject> Preferences { get; }

    /// <summary>The tokens in the system namespace; empty where a Secret holds none.</summary>
    public WatchLoop<KeptText> Secrets { get; }

    /// <summary>The uids of the host's own namespaces.</summary>
    public WatchLoop<KeptText> Namespaces { get; }

    /// <summary>The types whose federated resources are watched, by name.</summary>
    public IReadOnlyDictionary<string, HostType> Federated => _federated;

    /// <summary>What decides which types and clusters there are is known.</summary>
    public bool IsKnown => Config.IsKnown && Types.IsKnown && Clusters.IsKnown && Secrets.IsKnown;

    public void Start()
    {
        var home = _federation.SystemNamespace;
        var everything = new ListQuery { Namespace = home };
        Config.Start(Client, CoreResources.KubeFedConfigs, everything with { FieldSelector = $"metadata.name={KubeFedNames.ConfigName}" }, value => value);
        Types.Start(Client, CoreResources.FederatedTypeConfigs, everything, value => value);
        Clusters.Start(Client, CoreResources.KubeFedClusters, everything, value => value);
        Preferences.Start(Client, CoreResources.ReplicaSchedulingPreferences, new ListQuery(), value => value);
        Secrets.Start(Client, KnownResources.Secrets, everything, value =>
            new KeptText(value.ResourceVersion, MemberConnections.DecodeToken(value) ?? string.Empty));
        Namespaces.Start(Client, KnownResources.Namespaces, new ListQuery { MetadataOnly = true }, value => new KeptText(value.ResourceVersion, value.Uid));
    }

    /// <summary>What is not known yet, in words.</summary>
    public IReadOnlyList<string> Unknown()
    {
        var unknown = new List<string>();
        Add("KubeFedConfig", Config.IsKnown, Config.Trouble);
        Add("FederatedTypeConfigs", Types.IsKnown, Types.Trouble);
        Add("KubeFedClusters", Clusters.IsKnown, Clusters.Trouble);
        Add("Secrets", Secrets.IsKnown, Secrets.Trouble);
        Add("Namespaces", Namespaces.IsKnown, Namespaces.Trouble);

        // What can't be read of these is told, and costs what depends on it.
        Add("ReplicaSchedulingPreferences", Preferences.IsSettled, null);
        foreach (var type in _federated.Values.OrderBy(type => type.Type.Name, StringComparer.Ordinal))
        {
            Add(type.Type.Federated.QualifiedName, type.Loop.IsSettled, null);
        }

        return unknown;

        void Add(string name, bool isKnown, KubeException? trouble)
        {
            if (!isKnown)
            {
                unknown.Add(trouble is null ? name : $"{name}: {trouble.Message}");
            }
        }
    }

    /// <summary>Watches the federated resources of just these types; what is watched already in the same way goes on (C-51).</summary>
    public void Watch(IReadOnlyList<FederatedType> types, string? @namespace)
    {
        foreach (var (name, watched) in _federated)
        {
            var still = types.FirstOrDefault(type => type.Name == name);
            if (still is null || still.Federated != watched.Type.Federated || watched.Namespace != @namespace)
            {
                _federated.TryRemove(name, out _);
                watched.Loop.Stop();
            }
            else
            {
                watched.Type = still;
            }
        }

        foreach (var type in types.Where(type => !_federated.ContainsKey(type.Name)))
        {
            var name = type.Name;
            var loop = Loop(type.Federated.QualifiedName, change => _events.FederatedChanged(name, change));
            _federated[name] = new HostType(type, @namespace, loop);
            loop.Start(Client, type.Federated, new ListQuery { Namespace = type.Federated.Namespaced ? @namespace : null }, value => value);
        }
    }

    /// <summary>Own writes that no watch has confirmed in time.</summary>
    public IEnumerable<WorkKey> Expire(TimeSpan age) =>
        _federated.SelectMany(type => type.Value.Loop.Expire(age).Select(key => new WorkKey(type.Key, key)));

    private WatchLoop<KubeObject> Loop(string what, Action<InformerEvent<KubeObject>> changed) => new(_events.Setting, value => value.ResourceVersion)
    {
        Changed = changed,
        Troubled = trouble => _events.HostTroubled(what, trouble),
    };

    private WatchLoop<KeptText> Texts(string what, Action<InformerEvent<KeptText>> changed) => new(_events.Setting, value => value.Version)
    {
        Changed = changed,
        Troubled = trouble => _events.HostTroubled(what, trouble),
    };

    private void Wrote(ObservedWrite write)
    {
        var loop = write.Resource == CoreResources.FederatedTypeConfigs
            ? Types
            : _federated.Values.FirstOrDefault(type => type.Type.Federated == write.Resource)?.Loop;
        if (write.Now is { } now)
        {
            // With its last finalizer off an object that was deleted is gone; the watch says so.
            loop?.Wrote(write.Key, now.ResourceVersion, now is { IsDeleting: true, Finalizers.Count: 0 } ? null : now);
        }

        _events.HostWritten(write);
    }
}

/// <summary>A type whose federated resources are watched.</summary>
internal sealed class HostType(FederatedType type, string? @namespace, WatchLoop<KubeObject> loop)
{
    /// <summary>As configured now.</summary>
    public FederatedType Type { get; set; } = type;

    /// <summary>Null for all.</summary>
    public string? Namespace { get; } = @namespace;

    public WatchLoop<KubeObject> Loop { get; } = loop;
}

/// <summary>The one thing that is kept of an object.</summary>
internal sealed record KeptText(string Version, string Text);

/// <summary>What the host's watches tell their controller.</summary>
internal interface IHostEvents
{
    WatchSetting Setting { get; }

    /// <summary>The configuration, a type, a cluster or a token changed, or all of one kind are known.</summary>
    void SettingChanged();

    void PreferenceChanged(InformerEvent<KubeObject> change);

    void NamespaceChanged(InformerEvent<KeptText> change);

    void FederatedChanged(string type, InformerEvent<KubeObject> change);

    /// <summary>A kind can't be read, or, with null, can be again.</summary>
    void HostTroubled(string what, KubeException? trouble);

    void HostWritten(ObservedWrite write);
}
