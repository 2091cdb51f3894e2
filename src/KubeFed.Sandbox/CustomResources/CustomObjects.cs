using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;

namespace KubeFed.Sandbox.CustomResources;

/// <summary>What happens to a custom object on its way in: undeclared fields are pruned, then absent ones take their defaults.</summary>
internal static class CustomObjects
{
    /// <summary>Prunes and defaults in place.</summary>
    /// <exception cref="TypeMismatchException">metadata is not what every object's metadata is.</exception>
    public static void Normalize(JsonObject value, TypeSchema type, BuiltInTypes types)
    {
        if (value["metadata"] is JsonObject metadata)
        {
            Normalization.Apply(metadata, types.Metadata, defaults: true);
            metadata.Remove("creationTimestamp");
        }

        foreach (var (key, child) in value.ToList())
        {
            if (key is "apiVersion" or "kind" or "metadata")
            {
                continue;
            }

            if (type.Fields.TryGetValue(key, out var field))
            {
                Prune(child, field.Type);
            }
            else if (!type.PreserveUnknown)
            {
                value.Remove(key);
            }
        }

        Default(value, type, isRoot: true);
    }

    private static void Prune(JsonNode? value, TypeSchema type)
    {
        switch (value)
        {
            case JsonObject map when type.Kind == ValueKind.Object:
                foreach (var (key, child) in map.ToList())
                {
                    if (type.Fields.TryGetValue(key, out var field))
                    {
                        if (!type.Embedded || key is not ("apiVersion" or "kind" or "metadata"))
                        {
                            Prune(child, field.Type);
                        }
                    }
                    else if (!type.PreserveUnknown)
                    {
                        map.Remove(key);
                    }
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Map:
                foreach (var (_, child) in map)
                {
                    Prune(child, type.Items);
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Any && type.Rules is not null && !type.PreserveUnknown:
                // A property that declares no type at all declares no members either.
                foreach (var key in map.Select(member => member.Key).ToList())
                {
                    map.Remove(key);
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                foreach (var item in list)
                {
                    Prune(item, type.Items);
                }

                break;
        }
    }

    private static void Default(JsonNode? value, TypeSchema type, bool isRoot = false)
    {
        switch (value)
        {
            case JsonObject map when type.Kind == ValueKind.Object:
                foreach (var (name, field) in type.Fields)
                {
                    if (isRoot && name == "metadata")
                    {
                        continue;
                    }

                    var present = map.TryGetPropertyValue(name, out var child);
                    if (field.Default is not null && (!present || (child is null && !field.Type.Nullable)))
                    {
                        map[name] = child = field.Default.DeepClone();
                    }
                    else if (present && child is null && !field.Type.Nullable && field.Type.Kind != ValueKind.Any)
                    {
                        // A null where none is allowed is as good as nothing.
                        map.Remove(name);
                    }

                    Default(child, field.Type);
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Map:
                foreach (var (_, child) in map)
                {
                    Default(child, type.Items);
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                foreach (var item in list)
                {
                    Default(item, type.Items);
                }

                break;
        }
    }
}
