using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Tells which objects of a namespace Kubernetes removes by itself once the copies in it are deleted: those all of whose owners are copies, or are owned in
/// turn by nothing else, or are gone already.
/// </summary>
/// <remarks>Kubernetes, "Owners and dependents": the garbage collector removes an object when none of its owners is left.</remarks>
internal sealed class CopyDependents
{
    private readonly Dictionary<string, KubeObject> _byUid = new(StringComparer.Ordinal);
    private readonly HashSet<(string Group, string Kind)> _listed;
    private readonly Func<KubeObject, bool> _isCopy;

    /// <param name="contents">Everything in the namespace.</param>
    /// <param name="listed">The kinds that were listed; an owner of one of these that is not among the contents is gone.</param>
    /// <param name="isCopy">Tells the copies.</param>
    public CopyDependents(IEnumerable<(ApiResource Resource, KubeObject Item)> contents, IEnumerable<ApiResource> listed, Func<KubeObject, bool> isCopy)
    {
        foreach (var (_, item) in contents)
        {
            _byUid[item.Uid] = item;
        }

        _listed = [.. listed.Select(resource => (resource.Group, resource.Kind))];
        _isCopy = isCopy;
    }

    /// <summary>Whether the object goes with the copies.</summary>
    public bool Includes(KubeObject item) => Goes(item, []);

    private bool Goes(KubeObject item, HashSet<string> path)
    {
        var owners = item.Json.Map("metadata").Maps("ownerReferences").ToList();
        if (owners.Count == 0 || !path.Add(item.Uid))
        {
            return false;
        }

        var goes = owners.All(owner => GoesWith(owner, path));
        path.Remove(item.Uid);
        return goes;
    }

    private bool GoesWith(JsonObject owner, HashSet<string> path) => _byUid.TryGetValue(owner.Text("uid") ?? string.Empty, out var found)
        ? _isCopy(found) || Goes(found, path)
        : _listed.Contains((GroupOf(owner.Text("apiVersion") ?? string.Empty), owner.Text("kind") ?? string.Empty));

    private static string GroupOf(string apiVersion) => apiVersion.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? apiVersion[..at] : string.Empty;
}
