using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>A short name for a pod template; equal templates have equal hashes.</summary>
internal static class TemplateHash
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Ten characters at most, as ReplicaSet names carry them. FNV-1a over the template's JSON with sorted members.</summary>
    public static string Of(JsonNode? template)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in WireJson.Utf8(Sorted(template) ?? new JsonObject()))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        Span<char> text = stackalloc char[10];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = Alphabet[(int)(hash % (ulong)Alphabet.Length)];
            hash /= (ulong)Alphabet.Length;
        }

        return new string(text);
    }

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
}
