using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Watching;

/// <summary>What an informer tells.</summary>
public enum InformerChange
{
    Added,
    Updated,
    Deleted,

    /// <summary>A whole list has been worked in: the store is what the server had at that moment. Comes once after every list.</summary>
    Synced,
}

/// <summary>One change of one object; the store has it already when this is seen.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Key">The default value for <see cref="InformerChange.Synced"/>.</param>
/// <param name="Before">What the store held; the default value for an added object.</param>
/// <param name="After">What the store holds; the default value for a deleted object.</param>
public readonly record struct InformerEvent<T>(InformerChange Change, ObjectKey Key, T? Before, T? After);
