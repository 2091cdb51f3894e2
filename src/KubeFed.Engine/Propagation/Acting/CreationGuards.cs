using System.Collections.Concurrent;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>
/// For which types a member lets an apply name a resourceVersion where the object does not exist yet. All do but one: Services of servers before 1.23, whose
/// own storage refuses it.
/// </summary>
internal sealed class CreationGuards
{
    private readonly ConcurrentDictionary<string, bool> _without = new(StringComparer.Ordinal);

    public bool Works(FederatedType type) => !_without.ContainsKey(type.Name);

    public void Forgo(FederatedType type) => _without[type.Name] = true;

    /// <summary>The server's way of saying that it would have created the object, had no resourceVersion been given.</summary>
    public static bool IsRefusal(KubeApiException error) =>
        error.Code == 500 && error.Message.Contains("resourceVersion should not be set on objects to be created", StringComparison.Ordinal);
}
