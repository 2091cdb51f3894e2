using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Json;

/// <summary>Carries out a JSON Patch: all operations or none.</summary>
/// <remarks>RFC 6902, strict: <c>add</c> needs the parent, <c>remove</c> and <c>replace</c> the target; an unknown <c>op</c> is an error.</remarks>
public static class JsonPatch
{
    /// <summary>The patched document; the one given stays as it is.</summary>
    /// <exception cref="JsonPatchException">Names the operation's position, its op, its path and what is wrong with it.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonArray operations)
    {
        var root = document?.DeepClone();
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not JsonObject operation)
            {
                throw new JsonPatchException($"Operation {i} of the patch is not an object.") { Operation = i };
            }

            root = new Step(i, operation).Apply(root);
        }

        return root;
    }

    /// <summary>As <see cref="Apply(JsonNode?, JsonArray)"/>, for a document that must stay an object.</summary>
    /// <exception cref="JsonPatchException">Also when the patch replaces the whole document by something else.</exception>
    public static JsonObject ApplyToObject(JsonObject document, JsonArray operations) =>
        Apply(document, operations) as JsonObject
        ?? throw new JsonPatchException("The patch replaces the whole document by something that is not an object.");

    private readonly struct Step(int position, JsonObject operation)
    {
        public JsonNode? Apply(JsonNode? root)
        {
            var path = Pointer("path");
            switch (Text("op"))
            {
                case "add":
                    return Add(root, path, Value());
                case "remove":
                    return Remove(root, path, out _);
                case "replace":
                    return Replace(root, path, Value());
                case "move":
                    return Move(root, Pointer("from"), path);
                case "copy":
                    var source = Pointer("from");
                    return source.TryFind(root, out var copied)
                        ? Add(root, path, copied?.DeepClone())
                        : throw Error($"there is nothing at 'from' {source}");
                case "test":
                    return Test(root, path);
                case var unknown:
                    throw Error($"'{unknown}' is not an operation; use add, remove, replace, move, copy or test");
            }
        }

        private JsonNode? Test(JsonNode? root, JsonPointer path)
        {
            var expected = Value();
            if (!path.TryFind(root, out var actual))
            {
                throw Error("there is nothing there to test", isTest: true);
            }

            return JsonNode.DeepEquals(actual, expected) ? root : throw Error("the value there is another", isTest: true);
        }

        private JsonNode? Move(JsonNode? root, JsonPointer from, JsonPointer to)
        {
            if (from.IsProperPrefixOf(to))
            {
                throw Error($"{from} can't be moved into itself");
            }

            if (!from.TryFind(root, out var value))
            {
                throw Error($"there is nothing at 'from' {from}");
            }

            return from.Equals(to) ? root : Add(Remove(root, from, out value), to, value);
        }

        private JsonNode? Add(JsonNode? root, JsonPointer path, JsonNode? value)
        {
            if (path.IsRoot)
            {
                return value;
            }

            var (parent, last) = Parent(root, path);
            switch (parent)
            {
                case JsonObject map:
                    map[last] = value;
                    return root;
                case JsonArray array when last == "-":
                    array.Add(value);
                    return root;
                case JsonArray array when JsonPointer.TryIndex(last, out var index) && index <= array.Count:
                    array.Insert(index, value);
                    return root;
                case JsonArray array:
                    throw Error($"'{last}' is not an index of an array of {array.Count}; use 0 to {array.Count}, or '-' for its end");
                default:
                    throw Error("its parent is neither an object nor an array");
            }
        }

        private JsonNode? Remove(JsonNode? root, JsonPointer path, out JsonNode? removed)
        {
            if (path.IsRoot)
            {
                removed = root;
                return null;
            }

            var (parent, last) = Parent(root, path);
            if (parent is JsonObject map && map.TryGetPropertyValue(last, out removed))
            {
                map.Remove(last);
                return root;
            }

            if (parent is JsonArray array && JsonPointer.TryIndex(last, out var index) && index < array.Count)
            {
                removed = array[index];
                array.RemoveAt(index);
                return root;
            }

            throw Error("there is nothing there to remove");
        }

        private JsonNode? Replace(JsonNode? root, JsonPointer path, JsonNode? value)
        {
            if (path.IsRoot)
            {
                return value;
            }

            var (parent, last) = Parent(root, path);
            if (parent is JsonObject map && map.ContainsKey(last))
            {
                map[last] = value;
                return root;
            }

            if (parent is JsonArray array && JsonPointer.TryIndex(last, out var index) && index < array.Count)
            {
                array[index] = value;
                return root;
            }

            throw Error("there is nothing there to replace");
        }

        private (JsonNode? Parent, string Last) Parent(JsonNode? root, JsonPointer path)
        {
            var node = root;
            for (var i = 0; i < path.Tokens.Count - 1; i++)
            {
                var token = path.Tokens[i];
                node = node switch
                {
                    JsonObject map when map.TryGetPropertyValue(token, out var member) => member,
                    JsonArray array when JsonPointer.TryIndex(token, out var index) && index < array.Count => array[index],
                    _ => throw Error($"'{token}' does not exist on the way there"),
                };
            }

            return (node, path.Tokens[^1]);
        }

        private JsonNode? Value() =>
            operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Error("'value' is missing; write null to mean null");

        private JsonPointer Pointer(string member) =>
            JsonPointer.TryParse(Text(member), out var pointer, out var error) ? pointer : throw Error(error.TrimEnd('.'));

        private string Text(string member) =>
            operation[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Error($"'{member}' must be a string");

        private JsonPatchException Error(string what, bool isTest = false)
        {
            var op = operation["op"] is JsonValue value && value.TryGetValue<string>(out var name) ? name : "?";
            var path = operation["path"] is JsonValue place && place.TryGetValue<string>(out var text) ? text : string.Empty;
            return new JsonPatchException($"Operation {position} of the patch ({op} {(path.Length == 0 ? "\"\"" : path)}) fails: {what}.")
            {
                Operation = position,
                Path = path,
                IsTestFailure = isTest,
            };
        }
    }
}
