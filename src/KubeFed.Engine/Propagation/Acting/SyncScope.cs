using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>How far one run reaches: the request's filters within the control plane's own scope.</summary>
internal sealed class SyncScope
{
    private readonly SyncRequest _request;
    private readonly NamePattern[] _names;
    private readonly NamePattern[] _namespaces;
    private readonly NamePattern[] _clusters;
    private readonly HashSet<(string Type, ObjectKey Key)> _exact = [];
    private readonly List<(NamePattern? Type, NamePattern? Name, NamePattern? Namespace)> _selections = [];
    private readonly string _systemNamespace;

    public SyncScope(SyncRequest request, ControlPlaneConfig config, string systemNamespace, FederationIdentity? self)
    {
        (_request, Config, _systemNamespace, Self) = (request, config, systemNamespace, self);
        _names = [.. request.Names.Select(n => new NamePattern(n))];
        _namespaces = [.. request.Namespaces.Select(n => new NamePattern(n))];
        _clusters = [.. request.Clusters.Select(n => new NamePattern(n))];
        foreach (var selection in request.Selections)
        {
            Add(Pattern(selection.Type), Pattern(selection.Name), Pattern(selection.Namespace), selection);
        }
    }

    public ControlPlaneConfig Config { get; }

    /// <summary>Who we are; null when the host did not tell.</summary>
    public FederationIdentity? Self { get; }

    public bool DryRun => _request.DryRun;

    public bool FromCache => _request.FromCache;

    /// <summary>Just these; null for the filters to decide.</summary>
    public IReadOnlySet<(string Type, ObjectKey Key)>? Keys => _request.Keys;

    public bool TakeOver => _request.TakeOver;

    public bool AbandonUnreachable => _request.AbandonUnreachable;

    /// <summary>Resources are looked at as if they were being deleted.</summary>
    public bool AssumeDeleted => _request is { DryRun: true, AssumeDeleted: true };

    /// <summary>As asked for; else the usual, or as many as the configuration says where that is more (E-13).</summary>
    public int Throttle => Math.Clamp(_request.ThrottleLimit ?? Math.Max(SyncRequest.UsualThrottle, Config.Parallelism), 1, 1024);

    /// <summary>Every resource of a type is in reach, so that a labelled object without one is an orphan (S-41).</summary>
    public bool IsComplete => Keys is null && _names.Length == 0 && _namespaces.Length == 0 && _request.Selections.Count == 0;

    /// <summary>Lists need not read more than this namespace; null for all.</summary>
    public string? SingleNamespace => Config.Scope == ControlPlaneScope.Namespaced ? _systemNamespace
        : _request.Namespaces is [_] && !_namespaces[0].IsWildcard ? _namespaces[0].Text
        : Common(_request.Selections, selection => selection.Namespace);

    /// <summary>Lists need not read more than this name; null for all.</summary>
    public string? SingleName => _request.Names is [_] && !_names[0].IsWildcard
        ? _names[0].Text
        : Common(_request.Selections, selection => selection.Name);

    public bool Includes(FederatedType type, ObjectKey key) => Keys is { } keys
        ? keys.Contains((type.Name, key))
        : Includes(key)
        && (_request.Selections.Count == 0
            || _exact.Contains((type.Name, key))
            || _selections.Exists(selection => selection.Type?.Matches(type.Name) != false
                && selection.Name?.Matches(key.Name) != false
                && (key.Namespace is { } place
                    ? selection.Namespace?.Matches(place) != false
                    : selection.Namespace is null || selection.Type is { IsWildcard: false })));

    private bool Includes(ObjectKey key) =>
        (_names.Length == 0 || _names.Any(n => n.Matches(key.Name)))
        && (_namespaces.Length == 0 || key.Namespace is null || _namespaces.Any(n => n.Matches(key.Namespace)));

    public bool IncludesCluster(string name) => _clusters.Length == 0 || _clusters.Any(c => c.Matches(name));

    /// <summary>A control plane of one namespace runs no cluster-scoped type (engine.md section 11).</summary>
    public bool Reaches(FederatedType type) => Config.Scope == ControlPlaneScope.Cluster || type.Target.Namespaced;

    /// <summary>Why no run looks after a type, as part of a sentence; null when runs do.</summary>
    public string? WhyNot(FederatedType type) => Config.WhyNotPropagating
        ?? (!type.PropagationEnabled ? "its propagation is disabled"
            : !Reaches(type) ? "the control plane is confined to one namespace and the type is cluster-scoped"
            : null);

    /// <summary>Whether a run without filters looks after the resource, and so sees its deletion through.</summary>
    public bool Tends(FederatedResource resource) =>
        WhyNot(resource.Type) is null
        && (Config.Scope == ControlPlaneScope.Cluster || resource.Key.Namespace == _systemNamespace)
        && ResourceGate.Check(resource, _systemNamespace) is null;

    public bool CollectsStatus(FederatedType type) => Config.RawStatusCollection && type.StatusCollection;

    private static NamePattern? Pattern(string? text) => text is null ? null : new NamePattern(text);

    /// <summary>The one literal that all selections have there; null when there is none.</summary>
    private static string? Common(IReadOnlyList<SyncSelection> selections, Func<SyncSelection, string?> part) =>
        selections.Count > 0
        && part(selections[0]) is { } first
        && new NamePattern(first) is { IsWildcard: false } only
        && selections.All(selection => part(selection)?.ToLowerInvariant() == only.Text)
            ? only.Text
            : null;

    private void Add(NamePattern? type, NamePattern? name, NamePattern? @namespace, SyncSelection selection)
    {
        if (type is { IsWildcard: false } && name is { IsWildcard: false } && @namespace is { IsWildcard: false })
        {
            // Of these there may be thousands, one for each resource that came down a pipeline.
            _exact.Add((selection.Type!, new ObjectKey(@namespace.Text, name.Text)));
        }
        else
        {
            _selections.Add((type, name, @namespace));
        }
    }
}
