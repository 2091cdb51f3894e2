using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>How far one run reaches: the request's filters within the control plane's own scope.</summary>
internal sealed class SyncScope
{
    private readonly SyncRequest _request;
    private readonly NamePattern[] _names;
    private readonly NamePattern[] _namespaces;
    private readonly NamePattern[] _clusters;
    private readonly string _systemNamespace;

    public SyncScope(SyncRequest request, ControlPlaneConfig config, string systemNamespace)
    {
        (_request, Config, _systemNamespace) = (request, config, systemNamespace);
        _names = [.. request.Names.Select(n => new NamePattern(n))];
        _namespaces = [.. request.Namespaces.Select(n => new NamePattern(n))];
        _clusters = [.. request.Clusters.Select(n => new NamePattern(n))];
    }

    public ControlPlaneConfig Config { get; }

    public bool DryRun => _request.DryRun;

    public int Throttle => Math.Clamp(_request.ThrottleLimit, 1, 1024);

    /// <summary>Every resource of a type is in reach, so that a labelled object without one is an orphan (S-41).</summary>
    public bool IsComplete => _names.Length == 0 && _namespaces.Length == 0;

    /// <summary>Lists need not read more than this namespace; null for all.</summary>
    public string? SingleNamespace => Config.Scope == ControlPlaneScope.Namespaced ? _systemNamespace
        : _request.Namespaces is [var only] && !_namespaces[0].IsWildcard ? only
        : null;

    /// <summary>Lists need not read more than this name; null for all.</summary>
    public string? SingleName => _request.Names is [var only] && !_names[0].IsWildcard ? only : null;

    public bool Includes(ObjectKey key) =>
        (_names.Length == 0 || _names.Any(n => n.Matches(key.Name)))
        && (_namespaces.Length == 0 || key.Namespace is null || _namespaces.Any(n => n.Matches(key.Namespace)));

    public bool IncludesCluster(string name) => _clusters.Length == 0 || _clusters.Any(c => c.Matches(name));

    /// <summary>A control plane of one namespace runs no cluster-scoped type (engine.md section 11).</summary>
    public bool Reaches(FederatedType type) => Config.Scope == ControlPlaneScope.Cluster || type.Target.Namespaced;

    public bool CollectsStatus(FederatedType type) => Config.RawStatusCollection && type.StatusCollection;
}
