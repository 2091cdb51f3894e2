using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Objects;

/// <summary>The place of an object within one resource: its namespace (null for cluster-scoped objects) and its name.</summary>
public readonly record struct ObjectKey(string? Namespace, string Name) : IComparable<ObjectKey>
{
    /// <summary>A key without a namespace.</summary>
    public static ObjectKey ClusterScoped(string name) => new(null, name);

    /// <summary>Orders by namespace, then name, both ordinal; cluster-scoped keys first.</summary>
    public int CompareTo(ObjectKey other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;

    /// <summary><c>namespace/name</c>, or <c>name</c> for a cluster-scoped object; printable, for a server may list any name.</summary>
    public override string ToString() => Printable.Of(string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}/{Name}");
}
