using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Watching;

/// <summary>
/// What an informer knows, by key: the projection, and resourceVersion and uid to tell news from repetition. Made for a million entries: namespaces are
/// shared strings, versions and uids numbers. Safe for concurrent use.
/// </summary>
internal sealed class InformerStore<T>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];
    private readonly Dictionary<string, string> _namespaces = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public bool TryGet(ObjectKey key, [MaybeNullWhen(false)] out T value)
    {
        lock (_lock)
        {
            var found = _entries.TryGetValue(key, out var entry);
            value = found ? entry.Value : default;
            return found;
        }
    }

    public List<KeyValuePair<ObjectKey, T>> ToList()
    {
        lock (_lock)
        {
            return [.. _entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value))];
        }
    }

    /// <summary>Takes an object in and says what that changes: nothing, one thing, or a deletion that was missed and an addition.</summary>
    public Changes Put(KubeObject value, T projection)
    {
        var entry = new Entry(projection, Version(value.ResourceVersion), Identity(value.Uid));
        lock (_lock)
        {
            var key = Compact(value.Key);
            if (!_entries.TryGetValue(key, out var known))
            {
                _entries.Add(key, entry);
                return new Changes(new(InformerChange.Added, key, default, projection));
            }

            if (known.Uid == entry.Uid)
            {
                if (known.Version == entry.Version)
                {
                    return default;
                }

                _entries[key] = entry;
                return new Changes(new(InformerChange.Updated, key, known.Value, projection));
            }

            _entries[key] = entry;
            return new Changes(
                new(InformerChange.Deleted, key, known.Value, default),
                new(InformerChange.Added, key, default, projection));
        }
    }

    public InformerEvent<T>? Remove(ObjectKey key)
    {
        lock (_lock)
        {
            return _entries.Remove(key, out var known) ? new InformerEvent<T>(InformerChange.Deleted, key, known.Value, default) : null;
        }
    }

    /// <summary>What a whole list no longer holds has been deleted while nobody watched.</summary>
    public List<InformerEvent<T>> RemoveAllBut(HashSet<ObjectKey> present)
    {
        lock (_lock)
        {
            var gone = _entries.Keys.Where(key => !present.Contains(key)).ToList();
            return [.. gone.Select(key => Remove(key)).OfType<InformerEvent<T>>()];
        }
    }

    private ObjectKey Compact(ObjectKey key)
    {
        if (key.Namespace is not { } name)
        {
            return key;
        }

        if (!_namespaces.TryGetValue(name, out var shared))
        {
            shared = name;
            _namespaces.Add(name, name);
        }

        return new ObjectKey(shared, key.Name);
    }

    // Both are opaque texts that are only compared; as servers write them, they fit into a number.
    private static ulong Version(string version) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(version)));

    private static Guid Identity(string uid) => Guid.TryParse(uid, out var identity)
        ? identity
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(uid)).AsSpan(0, 16));

    private readonly record struct Entry(T Value, ulong Version, Guid Uid);

    /// <summary>Up to two events.</summary>
    public readonly record struct Changes(InformerEvent<T>? First = null, InformerEvent<T>? Second = null);
}
