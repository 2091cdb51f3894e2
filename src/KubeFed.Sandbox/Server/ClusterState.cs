using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>What the parts of one server share.</summary>
internal sealed class ClusterState(string name, KubernetesVersion version, TimeProvider time, int historyWindow)
{
    public string Name { get; } = name;

    public KubernetesVersion Version { get; } = version;

    public TimeProvider Time { get; } = time;

    public ObjectStore Store { get; } = new(historyWindow);

    public ResourceCatalog Catalog { get; } = new(version.Minor, BuiltInTypes.Load(version.Minor));

    public BuiltInTypes Types => Catalog.Types;

    public string Now => Apply.ManagedFields.TimeText(Time.GetUtcNow());

    /// <summary>A new uid. Random, so that no two clusters share one; ownership by uid depends on that.</summary>
    public static string NewUid() => Guid.NewGuid().ToString("D");
}

/// <summary>The version a server says it is: <c>v1.31.0-sandbox</c>.</summary>
internal sealed record KubernetesVersion(int Major, int Minor, string GitVersion)
{
    /// <exception cref="ArgumentException">Not of the form v1.31.0.</exception>
    public static KubernetesVersion Parse(string text)
    {
        var parts = text.TrimStart('v').Split('.', 3);
        return parts.Length >= 2
            && int.TryParse(parts[0], out var major)
            && int.TryParse(new string([.. parts[1].TakeWhile(char.IsAsciiDigit)]), out var minor)
            ? new KubernetesVersion(major, minor, text.StartsWith('v') ? text : "v" + text)
            : throw new ArgumentException($"The version '{text}' is not of the form v1.31.0; give major, minor and patch.", nameof(text));
    }
}
