using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>One group and version, as a server announces it.</summary>
internal sealed record ServedVersion(string Group, string Version, bool Preferred)
{
    public override string ToString() => Group.Length == 0 ? Version : $"{Group}/{Version}";
}

/// <summary>What one reading found.</summary>
internal sealed record ServedApis(IReadOnlyList<ApiResource> All, IReadOnlyList<ApiResource> Preferred, IReadOnlyList<string> Failures);

/// <summary>Collects the parts of a reading.</summary>
internal sealed class ServedApisBuilder
{
    private readonly List<ApiResource> _all = [];
    private readonly HashSet<(string Group, string Version)> _preferred = [];

    public List<string> Failures { get; } = [];

    public void Add(IReadOnlyList<ApiResource> resources, bool preferred)
    {
        _all.AddRange(resources);
        if (preferred)
        {
            _preferred.UnionWith(resources.Select(resource => (resource.Group, resource.Version)));
        }
    }

    public void Fail(string failure) => Failures.Add(failure);

    /// <summary>A resource the preferred version lacks is taken from the first version that has it, as client-go does.</summary>
    public ServedApis Build()
    {
        var preferred = _all
            .GroupBy(resource => (resource.Group, resource.Plural))
            .Select(versions => versions.FirstOrDefault(resource => _preferred.Contains((resource.Group, resource.Version))) ?? versions.First());
        return new ServedApis(_all, [.. preferred], Failures);
    }
}
