using System.Text.Json.Nodes;

namespace KubeFed.Sandbox.Apply;

/// <summary>
/// A set of field paths as a tree, in the form <c>managedFields</c> writes it: a child is named <c>f:name</c>, <c>k:{keys}</c>, <c>v:value</c> or
/// <c>i:index</c>; a node is a member of the set when it is marked or has no children.
/// </summary>
/// <remarks>FieldsV1 of KEP-555.</remarks>
internal sealed class FieldSet
{
    /// <summary>The path that leads here is itself in the set.</summary>
    public bool IsMember { get; set; }

    public SortedDictionary<string, FieldSet> Children { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => !IsMember && Children.Values.All(child => child.IsEmpty);

    public static FieldSet Parse(JsonObject fields)
    {
        var set = new FieldSet();
        foreach (var (key, value) in fields)
        {
            if (key == ".")
            {
                set.IsMember = true;
                continue;
            }

            var child = value is JsonObject map ? Parse(map) : new FieldSet();
            if (child.Children.Count == 0)
            {
                child.IsMember = true;
            }

            set.Children[key] = child;
        }

        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (key, child) in Children)
        {
            if (child.IsEmpty)
            {
                continue;
            }

            var inner = child.ToJson();
            if (child.IsMember && inner.Count > 0)
            {
                var marked = new JsonObject { ["."] = new JsonObject() };
                foreach (var (name, value) in inner)
                {
                    marked[name] = value?.DeepClone();
                }

                inner = marked;
            }

            json[key] = inner;
        }

        return json;
    }

    public FieldSet Clone()
    {
        var copy = new FieldSet { IsMember = IsMember };
        foreach (var (key, child) in Children)
        {
            copy.Children[key] = child.Clone();
        }

        return copy;
    }

    public FieldSet Child(string key)
    {
        if (!Children.TryGetValue(key, out var child))
        {
            Children[key] = child = new FieldSet();
        }

        return child;
    }

    public FieldSet? Find(string key) => Children.GetValueOrDefault(key);

    /// <summary>Takes a whole path in.</summary>
    public void Insert(IEnumerable<string> path)
    {
        var node = this;
        foreach (var step in path)
        {
            node = node.Child(step);
        }

        node.IsMember = true;
    }

    /// <summary>Takes a path and everything below it out.</summary>
    public void RemoveTree(params ReadOnlySpan<string> path)
    {
        var node = this;
        for (var i = 0; i < path.Length - 1; i++)
        {
            if (!node.Children.TryGetValue(path[i], out var next))
            {
                return;
            }

            node = next;
        }

        node.Children.Remove(path[^1]);
    }

    public FieldSet Union(FieldSet other)
    {
        var result = Clone();
        result.Add(other);
        return result;
    }

    public void Add(FieldSet other)
    {
        IsMember |= other.IsMember;
        foreach (var (key, child) in other.Children)
        {
            Child(key).Add(child);
        }
    }

    /// <summary>Members of this that are not members of the other.</summary>
    public FieldSet Difference(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (key, child) in Children)
        {
            var rest = other.Children.TryGetValue(key, out var taken) ? child.Difference(taken) : child.Clone();
            if (!rest.IsEmpty)
            {
                result.Children[key] = rest;
            }
        }

        return result;
    }

    public FieldSet Intersection(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach (var (key, child) in Children)
        {
            if (other.Children.TryGetValue(key, out var match))
            {
                var common = child.Intersection(match);
                if (!common.IsEmpty)
                {
                    result.Children[key] = common;
                }
            }
        }

        return result;
    }

    public bool SetEquals(FieldSet other) => Difference(other).IsEmpty && other.Difference(this).IsEmpty;

    /// <summary>The members as readable paths: <c>.spec.containers[name="web"].image</c>.</summary>
    /// <remarks>At each level first the members, then what is below, as conflicts list them.</remarks>
    public IEnumerable<string> Paths() => Paths(string.Empty);

    private IEnumerable<string> Paths(string prefix)
    {
        foreach (var (key, _) in Children.Where(child => child.Value.IsMember))
        {
            yield return prefix + Print(key);
        }

        foreach (var (key, child) in Children)
        {
            foreach (var path in child.Paths(prefix + Print(key)))
            {
                yield return path;
            }
        }
    }

    private static string Print(string element)
    {
        var text = element[2..];
        switch (element[0])
        {
            case 'f':
                return "." + text;
            case 'k':
                var keys = JsonNode.Parse(text) as JsonObject ?? [];
                return $"[{string.Join(",", keys.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => $"{key.Key}={key.Value?.ToJsonString() ?? "null"}"))}]";
            case 'v':
                return $"[={text}]";
            default:
                return $"[{text}]";
        }
    }
}
