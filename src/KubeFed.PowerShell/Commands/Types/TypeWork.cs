using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Commands;

/// <summary>What the type cmdlets have in common.</summary>
internal static class TypeWork
{
    /// <summary>
    /// The enabled types a user's words mean. Words with wildcards select by the types' names; others are resolved as kubectl would, and what resolves to
    /// nothing becomes an error record.
    /// </summary>
    public static async Task<IReadOnlyList<EngineType>> FindAsync(Operation operation, IReadOnlyList<string>? names)
    {
        var types = operation.Federation.Types;
        if (names is null)
        {
            return await types.ListAsync(operation.Stop).ConfigureAwait(false);
        }

        var found = new Dictionary<string, EngineType>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (NameFilter.IsWildcard(name))
            {
                var filter = new NameFilter([name]);
                foreach (var type in (await types.ListAsync(operation.Stop).ConfigureAwait(false)).Where(type => filter.Matches(type.Name)))
                {
                    found[type.Name] = type;
                }

                continue;
            }

            try
            {
                var type = await types.ResolveAsync(name, operation.Stop).ConfigureAwait(false);
                found[type.Name] = type;
            }
            catch (Engine.FederationException error)
            {
                operation.Sink.Error(error, name);
            }
        }

        return [.. found.Values];
    }
}
