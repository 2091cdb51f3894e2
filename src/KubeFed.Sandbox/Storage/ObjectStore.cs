using System.Collections.Immutable;
using System.Threading.Channels;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Storage;

internal enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One write, as watchers see it.</summary>
/// <param name="ResourceVersion">The version the write made.</param>
/// <param name="Type">What it did.</param>
/// <param name="StorageKey">The resource, <c>plural.group</c>.</param>
/// <param name="Object">The object after the write, or as it last was, with the deletion's resourceVersion.</param>
/// <param name="Previous">The object before it.</param>
internal sealed record Change(long ResourceVersion, ChangeType Type, string StorageKey, StoredObject Object, StoredObject? Previous);

/// <summary>A resource's objects at one version, in order of namespace and name.</summary>
internal sealed record Snapshot(ImmutableSortedSet<StoredObject> Objects, long ResourceVersion)
{
    /// <summary>Objects of one namespace (all when null) whose place comes after a given one.</summary>
    public IEnumerable<StoredObject> Range(string? @namespace, (string Namespace, string Name)? after)
    {
        var start = 0;
        if (after is { } place)
        {
            var found = Objects.IndexOf(StoredObject.Probe(place.Namespace, place.Name));
            start = found >= 0 ? found + 1 : ~found;
        }
        else if (!string.IsNullOrEmpty(@namespace))
        {
            var found = Objects.IndexOf(StoredObject.Probe(@namespace, string.Empty));
            start = found >= 0 ? found : ~found;
        }

        if (start == 0 && string.IsNullOrEmpty(@namespace))
        {
            foreach (var item in Objects)
            {
                yield return item;
            }

            yield break;
        }

        for (var i = start; i < Objects.Count; i++)
        {
            var item = Objects[i];
            if (!string.IsNullOrEmpty(@namespace) && item.Namespace != @namespace)
            {
                yield break;
            }

            yield return item;
        }
    }
}

/// <summary>
/// The objects of one cluster, with one version counter for all of them, a window of past changes, and watchers. Writers take <see cref="Gate"/> for a whole
/// read-decide-write; readers take snapshots and never wait.
/// </summary>
internal sealed class ObjectStore(int historyWindow)
{
    private readonly Dictionary<string, ImmutableSortedSet<StoredObject>> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string StorageKey, StoredObject Object)> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);
    private readonly Queue<Change> _history = new();
    private readonly Dictionary<string, List<ChannelWriter<Change>>> _watchers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, Dictionary<string, Snapshot>> _pinned = [];

    /// <summary>Held by every writer. Reentrant, because controllers write while a write settles.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Told of every change, under the gate.</summary>
    public Action<Change>? Recorded { get; set; }

    /// <summary>The newest version given out.</summary>
    public long ResourceVersion { get; private set; } = 1;

    /// <summary>The newest version whose changes are no longer known; positions before it have expired.</summary>
    public long CompactedVersion { get; private set; }

    public int Count => _places.Count;

    public StoredObject? Find(string storageKey, string @namespace, string name)
    {
        lock (Gate)
        {
            return _objects.TryGetValue(storageKey, out var set) && set.TryGetValue(StoredObject.Probe(@namespace, name), out var found)
                ? found
                : null;
        }
    }

    public Snapshot Read(string storageKey)
    {
        lock (Gate)
        {
            return new Snapshot(_objects.GetValueOrDefault(storageKey, Empty), ResourceVersion);
        }
    }

    /// <summary>A resource's objects as they were at a past version, which the history must still cover.</summary>
    public Snapshot ReadAt(string storageKey, long resourceVersion)
    {
        lock (Gate)
        {
            var objects = _objects.GetValueOrDefault(storageKey, Empty);
            foreach (var change in _history.Reverse().TakeWhile(change => change.ResourceVersion > resourceVersion).Where(change => change.StorageKey == storageKey))
            {
                objects = objects.Remove(change.Object);
                objects = change.Previous is { } previous ? objects.Add(previous) : objects;
            }

            return new Snapshot(objects, resourceVersion);
        }
    }

    /// <summary>An object anywhere in the cluster by its uid, and the resource it is of.</summary>
    public (string StorageKey, StoredObject Object)? FindUid(string uid) => _places.TryGetValue(uid, out var place) ? place : null;

    /// <summary>Objects that name this uid as an owner.</summary>
    public IReadOnlyList<(string StorageKey, StoredObject Object)> Dependents(string ownerUid) =>
        _dependents.TryGetValue(ownerUid, out var uids) ? [.. uids.Select(uid => _places[uid])] : [];

    /// <summary>Every resource that has had objects.</summary>
    public IReadOnlyList<string> StorageKeys => [.. _objects.Keys];

    /// <summary>The version the next <see cref="Put"/> or <see cref="Remove"/> must carry.</summary>
    public long NextVersion() => ResourceVersion + 1;

    public void Put(string storageKey, StoredObject value)
    {
        var set = _objects.GetValueOrDefault(storageKey, Empty);
        var replaced = set.TryGetValue(value, out var previous) && !ReferenceEquals(previous, value) ? previous : null;
        set = replaced is null ? set.Add(value) : set.Remove(replaced).Add(value);
        _objects[storageKey] = set;
        if (replaced is not null)
        {
            Forget(replaced);
        }

        Remember(storageKey, value);
        Record(new Change(value.ResourceVersion, replaced is null ? ChangeType.Added : ChangeType.Modified, storageKey, value, replaced));
    }

    /// <summary>Takes an object out; <paramref name="last"/> is how watchers see it go.</summary>
    public void Remove(string storageKey, StoredObject current, StoredObject last)
    {
        _objects[storageKey] = _objects[storageKey].Remove(current);
        Forget(current);
        Record(new Change(last.ResourceVersion, ChangeType.Deleted, storageKey, last, current));
    }

    /// <summary>Keeps a snapshot for later pages, as long as the history window covers its version.</summary>
    public void Pin(string storageKey, Snapshot snapshot)
    {
        lock (Gate)
        {
            if (!_pinned.TryGetValue(snapshot.ResourceVersion, out var kinds))
            {
                _pinned[snapshot.ResourceVersion] = kinds = [];
            }

            kinds[storageKey] = snapshot;
        }
    }

    /// <summary>The snapshot a continue token names; null when it has expired.</summary>
    public Snapshot? Pinned(string storageKey, long resourceVersion)
    {
        lock (Gate)
        {
            return _pinned.TryGetValue(resourceVersion, out var kinds) ? kinds.GetValueOrDefault(storageKey) : null;
        }
    }

    /// <summary>
    /// Changes of a resource after a version: those the history holds, then those to come. Null when the history no longer reaches back so far.
    /// </summary>
    public Subscription? Subscribe(string storageKey, long? after)
    {
        lock (Gate)
        {
            if (after < CompactedVersion)
            {
                return null;
            }

            var channel = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });
            if (after is { } position && position < ResourceVersion)
            {
                foreach (var change in _history)
                {
                    if (change.ResourceVersion > position && change.StorageKey == storageKey)
                    {
                        channel.Writer.TryWrite(change);
                    }
                }
            }

            if (!_watchers.TryGetValue(storageKey, out var writers))
            {
                _watchers[storageKey] = writers = [];
            }

            writers.Add(channel.Writer);
            return new Subscription(channel.Reader, () => Unsubscribe(storageKey, channel.Writer));
        }
    }

    /// <summary>Ends every watch, as a server that goes away does.</summary>
    public void CloseWatches(string? storageKey = null)
    {
        lock (Gate)
        {
            foreach (var (key, writers) in _watchers)
            {
                if (storageKey is null || key == storageKey)
                {
                    writers.ForEach(writer => writer.TryComplete());
                    writers.Clear();
                }
            }
        }
    }

    /// <summary>Forgets all changes, as etcd's compaction does.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            _history.Clear();
            CompactedVersion = ResourceVersion;
            _pinned.Clear();
        }
    }

    /// <summary>All objects as they are now.</summary>
    public ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> Save() => _objects.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Becomes what it was; changes since then are forgotten as if they had never been, and so is the history before.</summary>
    public void Restore(ImmutableDictionary<string, ImmutableSortedSet<StoredObject>> objects, long resourceVersion)
    {
        CloseWatches();
        _objects.Clear();
        _places.Clear();
        _dependents.Clear();
        foreach (var (storageKey, set) in objects)
        {
            _objects[storageKey] = set;
            foreach (var value in set)
            {
                Remember(storageKey, value);
            }
        }

        ResourceVersion = resourceVersion;
        Compact();
    }

    private static ImmutableSortedSet<StoredObject> Empty { get; } = ImmutableSortedSet.Create<StoredObject>(new ByPlace());

    private void Remember(string storageKey, StoredObject value)
    {
        _places[value.Uid] = (storageKey, value);
        foreach (var owner in value.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var uids))
            {
                _dependents[owner.Uid] = uids = new HashSet<string>(StringComparer.Ordinal);
            }

            uids.Add(value.Uid);
        }
    }

    private void Forget(StoredObject value)
    {
        _places.Remove(value.Uid);
        foreach (var owner in value.Owners)
        {
            if (_dependents.TryGetValue(owner.Uid, out var uids) && uids.Remove(value.Uid) && uids.Count == 0)
            {
                _dependents.Remove(owner.Uid);
            }
        }
    }

    private void Record(Change change)
    {
        ResourceVersion = change.ResourceVersion;
        Recorded?.Invoke(change);
        _history.Enqueue(change);
        while (_history.Count > historyWindow)
        {
            CompactedVersion = _history.Dequeue().ResourceVersion;
        }

        while (_pinned.Count > 0 && _pinned.First().Key < CompactedVersion)
        {
            _pinned.Remove(_pinned.First().Key);
        }

        if (_watchers.TryGetValue(change.StorageKey, out var writers))
        {
            foreach (var writer in writers)
            {
                writer.TryWrite(change);
            }
        }
    }

    private void Unsubscribe(string storageKey, ChannelWriter<Change> writer)
    {
        lock (Gate)
        {
            if (_watchers.TryGetValue(storageKey, out var writers))
            {
                writers.Remove(writer);
            }
        }

        writer.TryComplete();
    }

    private sealed class ByPlace : IComparer<StoredObject>
    {
        public int Compare(StoredObject? left, StoredObject? right)
        {
            var byNamespace = string.CompareOrdinal(left!.Namespace, right!.Namespace);
            return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, right.Name);
        }
    }
}

/// <summary>A stream of changes; disposing it ends it.</summary>
internal sealed class Subscription(ChannelReader<Change> reader, Action close) : IDisposable
{
    public ChannelReader<Change> Changes { get; } = reader;

    public void Dispose() => close();
}
