using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Which types a request means.</summary>
/// <param name="resolve">The type a user's word means.</param>
internal sealed class RequestedTypes(Func<string, CancellationToken, Task<FederatedType>> resolve)
{
    /// <summary>The request with its selections' types by their own names, and no other types than these.</summary>
    public async Task<SyncRequest> ResolveAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        if (request.Selections.Count == 0)
        {
            return request;
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in request.Selections.Select(selection => selection.Type).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            names[word] = IsWildcard(word) ? word : (await resolve(word, cancellationToken).ConfigureAwait(false)).Name;
        }

        return request with
        {
            Selections = [.. request.Selections.Select(selection => selection with { Type = selection.Type is { } word ? names[word] : null })],
            Types = request.Types.Count > 0 || request.Selections.Any(selection => selection.Type is null)
                ? request.Types
                : [.. names.Values.Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>
    /// The types asked for, or all; those that are switched off or out of the control plane's reach are left out, with a warning when asked for by name.
    /// <c>IsWhole</c> when none was.
    /// </summary>
    public async Task<(IReadOnlyList<FederatedType> Types, bool IsWhole)> ChooseAsync(
        SyncRequest request, SyncScope scope, IReadOnlyList<FederatedType> all, IEngineSink sink, CancellationToken cancellationToken)
    {
        var chosen = new List<FederatedType>();
        var isWhole = true;
        if (request.Keys is { } keys)
        {
            return ([.. all.Where(type => scope.WhyNot(type) is null && keys.Any(key => key.Type == type.Name))], true);
        }

        if (scope.Config.WhyNotPropagating is { } off)
        {
            sink.Warning($"Nothing is synchronised: {off}. Run Set-KubeFedConfig -FeatureGate @{{ PushReconciler = $true }} to go on.");
            return ([], false);
        }

        if (request.Types.Count == 0)
        {
            chosen.AddRange(all.Where(IsMeant));
        }

        foreach (var name in request.Types)
        {
            if (IsWildcard(name))
            {
                // Of those that a wildcard happens to meet, what can't be synchronised is not worth a warning.
                var pattern = new NamePattern(name);
                var met = all.Where(type => pattern.Matches(type.Name) && IsMeant(type)).ToList();
                var workable = met.Where(type => scope.WhyNot(type) is null).ToList();
                isWhole &= met.Count == workable.Count;
                chosen.AddRange(workable);
                continue;
            }

            chosen.Add(await resolve(name, cancellationToken).ConfigureAwait(false));
        }

        var usable = new List<FederatedType>();
        foreach (var type in chosen.DistinctBy(t => t.Name))
        {
            var why = scope.WhyNot(type);
            if (why is null)
            {
                usable.Add(type);
                continue;
            }

            isWhole = false;
            if (request.Types.Count > 0)
            {
                sink.Warning($"Type {type.Name} is not synchronised: {why}.");
            }
        }

        return (usable, isWhole);

        // Who names namespaces and not the type means nothing that lies in none.
        bool IsMeant(FederatedType type) => request.Namespaces.Count == 0 || type.Federated.Namespaced;
    }

    private static bool IsWildcard(string name) => new NamePattern(name).IsWildcard;
}
