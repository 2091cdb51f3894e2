using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Engine.Propagation.Recording;

/// <summary>
/// Whether two values mean the same. What a member says of itself is stored on another server, which may write numbers differently, order fields
/// differently and drop nulls; a comparison that minded would rewrite the status at every sync (P-77).
/// </summary>
/// <remarks>E-121.</remarks>
internal static class SemanticJson
{
    /// <summary>Numbers by value, maps whatever their order and with an absent field like a null one, lists element by element.</summary>
    public static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => Covers(a, b) && Covers(b, a),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number => SameNumber(a, b),
        _ => JsonNode.DeepEquals(left, right),
    };

    /// <summary>Every field of the one is the same in the other.</summary>
    private static bool Covers(JsonObject one, JsonObject other) => one.All(field => Same(field.Value, other[field.Key]));

    private static bool SameNumber(JsonValue left, JsonValue right)
    {
        var (a, b) = (left.ToJsonString(), right.ToJsonString());
        if (a == b)
        {
            return true;
        }

        return decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
                ? x == y
                : double.Parse(a, CultureInfo.InvariantCulture) is var u && double.IsFinite(u) && u.Equals(double.Parse(b, CultureInfo.InvariantCulture));
    }
}
