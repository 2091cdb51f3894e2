using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>One field that is not what it should be, or not what it was.</summary>
/// <param name="Path">A JSON pointer, as overrides use (RFC 6901).</param>
/// <param name="Is">Its value in short JSON; null when it is absent.</param>
/// <param name="Other">The value it should have, or has become; null for none.</param>
internal sealed record FieldDifference(string Path, string? Is, string? Other);

/// <summary>Compares a member's object with what is declared of it. What identifies the object, what only a server writes, and our own marks don't count.</summary>
internal static class FieldDifferences
{
    private const int LongestValue = 40;
    private const int Shown = 3;

    private static readonly HashSet<JsonPointer> s_ignored =
    [
        .. ((string[])["apiVersion", "kind", "status"]).Select(JsonPointer.Root.Append),
        .. ((string[])["name", "namespace", "managedFields", "resourceVersion", "generation"]).Select(JsonPointer.Root.Append("metadata").Append),
        JsonPointer.Root.Append("metadata").Append("labels").Append(KubeFedNames.ManagedLabel),
        .. CopyMarks.Annotations.Select(JsonPointer.Root.Append("metadata").Append("annotations").Append),
    ];

    /// <summary>Declared fields that the object lacks or has another value for; what it has beyond them is nobody's business here.</summary>
    /// <remarks>
    /// Lists are compared whole and quantities as text, so this may find a difference where a server sees none. It never misses one.
    /// </remarks>
    public static IReadOnlyList<FieldDifference> Within(KubeObject actual, DesiredObject wanted) =>
        Compare(actual.Json, wanted.Json, bothWays: false, IsSecret(actual));

    /// <summary>Everything in which two states of an object differ.</summary>
    public static IReadOnlyList<FieldDifference> Between(KubeObject before, KubeObject after) =>
        Compare(before.Json, after.Json, bothWays: true, IsSecret(before));

    /// <summary>The first few in words: <c>/data/a is "x" and should be "y", ... and 2 more</c>.</summary>
    /// <param name="differences">At least one.</param>
    /// <param name="verbs">What stands before the two values: <c>is</c> and <c>should be</c>, or <c>was</c> and <c>is now</c>.</param>
    public static string Describe(IReadOnlyList<FieldDifference> differences, (string First, string Second) verbs) =>
        string.Join(", ", differences.Take(Shown).Select(d => $"{d.Path} {verbs.First} {d.Is ?? "absent"} and {verbs.Second} {d.Other ?? "absent"}"))
        + (differences.Count > Shown ? $", and {differences.Count - Shown} more" : string.Empty);

    private static List<FieldDifference> Compare(JsonNode? left, JsonNode? right, bool bothWays, bool secret)
    {
        var found = new List<FieldDifference>();
        Walk(left, right, JsonPointer.Root);
        return found;

        void Walk(JsonNode? a, JsonNode? b, JsonPointer path)
        {
            if (s_ignored.Contains(path))
            {
                return;
            }

            switch (a, b)
            {
                case (JsonObject or null, JsonObject or null) when a is not null || b is not null:
                    WalkMap((JsonObject?)a ?? [], (JsonObject?)b ?? [], path);
                    break;
                case (JsonArray one, JsonArray two) when one.Count == two.Count:
                    for (var i = 0; i < one.Count; i++)
                    {
                        Walk(one[i], two[i], path.Append(i.ToString(CultureInfo.InvariantCulture)));
                    }

                    break;
                case (null, JsonArray { Count: 0 }) or (JsonArray { Count: 0 }, null):
                    break;
                default:
                    if (!JsonNode.DeepEquals(a, b))
                    {
                        found.Add(new FieldDifference(path.ToString(), Text(a, path), Text(b, path)));
                    }

                    break;
            }
        }

        // A server drops empty sections, so an absent map is an empty one.
        void WalkMap(JsonObject a, JsonObject b, JsonPointer path)
        {
            var keys = bothWays ? a.Select(p => p.Key).Union(b.Select(p => p.Key), StringComparer.Ordinal) : b.Select(p => p.Key);
            foreach (var key in keys)
            {
                Walk(a[key], b[key], path.Append(key));
            }
        }

        string? Text(JsonNode? node, JsonPointer path)
        {
            if (node is null)
            {
                return null;
            }

            if (secret && (path.Tokens is ["data" or "stringData", ..] or [.., SecretValues.LastApplied] || node is not JsonValue))
            {
                return "a value that is not shown";
            }

            var text = JsonText.Write(node);
            return text.Length <= LongestValue ? text : string.Concat(text.AsSpan(0, LongestValue), "...");
        }
    }

    private static bool IsSecret(KubeObject value) => value.Kind == KnownResources.Secrets.Kind && value.ApiVersion == KnownResources.Secrets.ApiVersion;
}
