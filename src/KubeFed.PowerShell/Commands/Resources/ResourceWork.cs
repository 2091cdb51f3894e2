using System.Text.Json.Nodes;
using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Objects;
using EngineResource = KubeFed.Engine.Api.FederatedResource;
using EngineType = KubeFed.Engine.Api.FederatedType;

namespace KubeFed.PowerShell.Commands;

/// <summary>What the resource cmdlets have in common.</summary>
internal static class ResourceWork
{
    /// <summary>Where a federated object lies on the host: namespaces lie in themselves (E-22), others where the user or the context says.</summary>
    public static ObjectKey Key(EngineType type, string name, string? @namespace, string contextNamespace)
    {
        // Theirs are lower-case names, whatever the case that somebody typed.
        (name, @namespace) = (new NamePattern(name).Text, @namespace is null ? null : new NamePattern(@namespace).Text);
        return KeyAsWritten(type, name, @namespace, contextNamespace);
    }

    /// <summary>As above, the name to the letter, so that one that can't be stored is told of.</summary>
    public static ObjectKey KeyAsWritten(EngineType type, string name, string? @namespace, string contextNamespace)
    {
        if (type.IsNamespaceType)
        {
            return new ObjectKey(name, name);
        }

        return type.Federated.Namespaced ? new ObjectKey(@namespace ?? contextNamespace, name) : ObjectKey.ClusterScoped(name);
    }

    /// <summary>The enabled type that propagates a kind.</summary>
    public static async Task<EngineType> TypeOfAsync(Operation operation, GroupVersionKind kind)
    {
        var types = await operation.Federation.Types.ListAsync(operation.Stop).ConfigureAwait(false);
        return types.FirstOrDefault(type => type.Target.Group == kind.Group && type.Target.Kind == kind.Kind)
            ?? throw new FederationException(
                "TypeNotEnabled", FederationProblem.NotFound, $"The kind {kind.Kind} ({kind.ApiVersion}) is not enabled for propagation.")
            {
                Target = kind.Kind,
                Remedy = $"Enable it with Enable-KubeFedType {kind.Kind}.",
            };
    }

    /// <summary>The enabled type whose federated kind this is; null for a kind that is no federated one.</summary>
    public static async Task<EngineType?> FindFederatedAsync(Operation operation, GroupVersionKind kind)
    {
        if (!kind.Kind.StartsWith(KubeFedNames.FederatedPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var types = await operation.Federation.Types.ListAsync(operation.Stop).ConfigureAwait(false);
        var type = types.FirstOrDefault(type => type.Federated.Gvk == kind);
        return type is not null || !kind.Group.EndsWith(KubeFedNames.TypesGroup, StringComparison.Ordinal) ? type : throw new FederationException(
            "TypeNotEnabled", FederationProblem.NotFound, $"The kind {kind.Kind} ({kind.ApiVersion}) is not enabled for propagation.")
        {
            Target = kind.Kind,
            Remedy = $"Enable it with Enable-KubeFedType {kind.Kind[KubeFedNames.FederatedPrefix.Length..]}.",
        };
    }

    /// <summary>Streams the federated resources that names and types select; a literal name that meets nothing becomes an error record.</summary>
    public static async Task ForEachAsync(
        Operation operation,
        IReadOnlyList<string>? typeNames,
        IReadOnlyList<string>? names,
        NamespaceFilter namespaces,
        string? labelSelector,
        Func<EngineResource, Task> each)
    {
        var types = await TypeWork.FindAsync(operation, typeNames).ConfigureAwait(false);
        if (types.Count == 0)
        {
            return;
        }

        if (namespaces.Names.Count > 0 && typeNames?.Any(name => !NameFilter.IsWildcard(name)) != true)
        {
            // Who names namespaces and not the type means nothing that lies in none.
            types = [.. types.Where(type => type.Federated.Namespaced)];
        }

        foreach (var name in names ?? ["*"])
        {
            var found = false;
            foreach (var type in types)
            {
                var query = new FederatedQuery
                {
                    Type = type,
                    Namespace = type.Federated.Namespaced ? namespaces.Only : null,
                    Name = name == "*" ? null : name,
                    LabelSelector = labelSelector,
                };
                await foreach (var resource in operation.Federation.Resources.ListAsync(query, operation.Stop).ConfigureAwait(false))
                {
                    if (!namespaces.Matches(resource.Key.Namespace))
                    {
                        continue;
                    }

                    found = true;
                    await each(resource).ConfigureAwait(false);
                }
            }

            if (!found && !NameFilter.IsWildcard(name))
            {
                operation.Sink.Error(NotFound(types, name, namespaces));
            }
        }
    }

    /// <summary>A resource that was only composed, as it would be once it is stored.</summary>
    public static async Task<EngineResource> DraftAsync(Operation operation, FederatedResource composed)
    {
        var type = await operation.Federation.Types.ResolveAsync(composed.Type, operation.Stop).ConfigureAwait(false);
        var draft = new EngineResource(type, new KubeObject((JsonObject)composed.Json!.DeepClone()));
        return await operation.Federation.Resources.OverStoredAsync(draft, operation.Stop).ConfigureAwait(false);
    }

    private static FederationException NotFound(IReadOnlyList<EngineType> types, string name, NamespaceFilter namespaces)
    {
        var what = types.Count == 1 ? types[0].Federated.Kind : "federated resource";
        return new FederationException(
            "FederatedResourceNotFound",
            FederationProblem.NotFound,
            $"There is no {what} '{name}'{namespaces}.")
        {
            Target = name,
            Remedy = "List what there is with Get-FederatedResource; make one with New-FederatedResource or ConvertTo-FederatedResource.",
        };
    }
}
