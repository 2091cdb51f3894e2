using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// What a request names without wildcards, less what the run has met of it. A name that meets nothing is mistyped more often than not, and a run that says
/// nothing of it looks as if all were well.
/// </summary>
/// <param name="request">The request, its types by their own names.</param>
internal sealed class NamedResources(SyncRequest request)
{
    private readonly HashSet<SyncSelection> _unmet = [.. Literals(request)];
    private readonly HashSet<(string? Name, string? Namespace)> _met = [];
    private bool _blind;

    /// <summary>A resource that the request selects is there.</summary>
    public void Meet(FederatedType type, ObjectKey key)
    {
        if (_unmet.Count > 0)
        {
            // Each way to name it that a request has; looking them up keeps thousands of selections from being searched for each of thousands of resources.
            foreach (var name in new[] { key.Name, null })
            {
                foreach (var @namespace in new[] { key.Namespace, null })
                {
                    Remove(new SyncSelection(type.Name, name, @namespace));
                    Remove(new SyncSelection(null, name, @namespace));
                }
            }

            if (key.Namespace is null)
            {
                _unmet.Where(named => named.Name == key.Name && (named.Type is null || named.Type == type.Name)).ToList().ForEach(Remove);
            }
        }

        void Remove(SyncSelection named)
        {
            if (_unmet.Remove(named))
            {
                _met.Add((named.Name, named.Namespace));
            }
        }
    }

    /// <summary>A list could not be read to its end, so that what was not met may still be there.</summary>
    public void Doubt() => _blind = true;

    /// <summary>Tells of each name that met nothing, as an error of its own.</summary>
    /// <param name="types">What was looked through.</param>
    /// <param name="isWhole">No type that was asked for was passed over, so that nothing else can be what was meant.</param>
    /// <param name="host">Asked whether a namespace without resources is there at all.</param>
    /// <param name="sink">Told.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    /// <exception cref="KubeException">The host could not be asked.</exception>
    public async Task TellAsync(
        IReadOnlyList<FederatedType> types, bool isWhole, IKubeClient host, IEngineSink sink, CancellationToken cancellationToken)
    {
        if (_blind)
        {
            return;
        }

        // One name asked for of several types need not be there of each.
        var alone = _unmet.GroupBy(named => (named.Name, named.Namespace)).Where(group => !_met.Contains(group.Key));
        foreach (var group in alone.OrderBy(group => group.Key.Namespace, StringComparer.Ordinal).ThenBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var named = new SyncSelection(group.Count() == 1 ? group.First().Type : null, group.Key.Name, group.Key.Namespace);
            if (named.Name is not null)
            {
                if (isWhole && !await IsKnownAsync(named, types, host, cancellationToken).ConfigureAwait(false))
                {
                    sink.Error(NoResource(named, types));
                }
            }
            else if (named.Namespace is { } name && !await ExistsAsync(host, name, cancellationToken).ConfigureAwait(false))
            {
                sink.Error(NoNamespace(name));
            }
        }
    }

    /// <summary>A cache that lags may not show yet what was declared a moment ago; the store does.</summary>
    private async Task<bool> IsKnownAsync(SyncSelection named, IReadOnlyList<FederatedType> types, IKubeClient host, CancellationToken cancellationToken)
    {
        if (!request.FromCache || named.Namespace is null)
        {
            return false;
        }

        foreach (var type in types.Where(type => named.Type is null || named.Type == type.Name))
        {
            if (await host.FindAsync(type.Federated, new ObjectKey(named.Namespace, named.Name!), cancellationToken).ConfigureAwait(false) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> ExistsAsync(IKubeClient host, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await host.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(name), cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            // Who may not see namespaces is not told that there is none.
            return true;
        }
    }

    /// <summary>A namespace is looked for only where it stands alone: beside a name, it is the resource that is not there.</summary>
    private static IEnumerable<SyncSelection> Literals(SyncRequest request)
    {
        if (!request.ReportUnmatched || request.Keys is not null)
        {
            return [];
        }

        var names = request.Names.Where(IsLiteral).Select(name => new SyncSelection(null, Stored(name), null));
        var namespaces = request.Names.Count > 0 ? [] : request.Namespaces.Where(IsLiteral).Select(name => new SyncSelection(null, null, Stored(name)));
        var selections = request.Selections
            .Where(selection => selection.Name is { } name ? IsLiteral(name) : selection.Namespace is { } place && IsLiteral(place))
            .Select(selection => selection with
            {
                Type = selection.Type is { } type && IsLiteral(type) ? type : null,
                Name = selection.Name is { } name ? Stored(name) : null,
                Namespace = selection.Namespace is { } place && IsLiteral(place) ? Stored(place) : null,
            });
        return names.Concat(namespaces).Concat(selections);
    }

    private static bool IsLiteral(string text) => !new NamePattern(text).IsWildcard;

    private static string Stored(string name) => new NamePattern(name).Text;

    private FederationException NoResource(SyncSelection named, IReadOnlyList<FederatedType> types)
    {
        var type = named.Type is { } own ? types.FirstOrDefault(known => known.Name == own) : types.Count == 1 ? types[0] : null;
        var places = named.Namespace is { } only ? [only] : request.Namespaces;
        var where = places.Count switch
        {
            0 => string.Empty,
            1 => $" in namespace '{places[0]}'",
            _ => $" in the namespaces {string.Join(", ", places)}",
        };
        return new FederationException(
            "FederatedResourceNotFound",
            FederationProblem.NotFound,
            $"There is no {type?.Federated.Kind ?? "federated resource"} '{named.Name}'{where}; nothing is synchronised for it.")
        {
            Target = named.Name,
            Remedy = $"List what there is with Get-FederatedResource{(type is null ? string.Empty : $" {type.Name}")}.",
        };
    }

    private static FederationException NoNamespace(string name) => new(
        "FederatedResourceNotFound", FederationProblem.NotFound, $"There is no namespace '{name}' on the host, and so no federated resource in it.")
    {
        Target = name,
        Remedy = "List what there is with Get-FederatedResource; wildcards may select nothing.",
    };
}
