using System.Text.Json.Nodes;

namespace KubeFed.Engine.Writing;

/// <summary>Tells whether an object already says everything wanted of it; what a server or another writer added does not count.</summary>
internal static class JsonSubset
{
    /// <summary>Maps are compared key by key, lists element by element and in length; numbers by value.</summary>
    public static bool Contains(JsonNode? actual, JsonNode? wanted) => wanted switch
    {
        // A server drops nulls and empty sections; wanting one is the same as wanting nothing there.
        null => actual is null,
        JsonObject { Count: 0 } when actual is null => true,
        JsonArray { Count: 0 } when actual is null => true,
        JsonObject map => actual is JsonObject other && map.All(pair => Contains(other[pair.Key], pair.Value)),
        JsonArray list => actual is JsonArray others && list.Count == others.Count && list.Zip(others).All(pair => Contains(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(actual, wanted),
    };
}
