using System.Text.Json.Nodes;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Apply;

/// <summary>An applied object must fit its kind's shape, or no one could say who owns what in it.</summary>
internal static class TypedValues
{
    /// <exception cref="TypedValueException">A built-in kind does not declare a field, or a keyed list breaks its rules.</exception>
    public static void Check(JsonObject config, ResourceType resource)
    {
        var faults = new List<string>();
        Walk(config, resource.Schema, string.Empty, faults);
        if (faults.Count == 1)
        {
            throw new TypedValueException(faults[0]);
        }

        if (faults.Count > 1)
        {
            throw new TypedValueException($"errors:\n  {string.Join("\n  ", faults)}");
        }
    }

    private static void Walk(JsonNode? value, TypeSchema type, string path, List<string> faults)
    {
        switch (value)
        {
            case JsonObject map when type.Kind == ValueKind.Object && !type.Atomic:
                foreach (var (key, child) in map)
                {
                    if (type.Fields.TryGetValue(key, out var field))
                    {
                        Walk(child, field.Type, $"{path}.{key}", faults);
                    }
                    else if (type.Rules is null && !type.PreserveUnknown)
                    {
                        faults.Add($"{path}.{key}: field not declared in schema");
                    }
                }

                break;
            case JsonObject map when type.Kind == ValueKind.Map:
                foreach (var (key, child) in map)
                {
                    Walk(child, type.Items, $"{path}.{key}", faults);
                }

                break;
            case JsonArray list when type.Kind == ValueKind.List:
                if (type.IsGranularList)
                {
                    _ = PathElements.Items(list, type, path);
                }

                foreach (var item in list)
                {
                    Walk(item, type.Items, path, faults);
                }

                break;
        }
    }
}
