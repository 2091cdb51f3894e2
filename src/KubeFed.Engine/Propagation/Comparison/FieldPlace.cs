using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>A place in an object that is being compared: its path, its pointer in the template's object, and who has a part in it.</summary>
/// <param name="Path">Names for fields, keys for list items: <c>/spec/ports[port=80,protocol=TCP]</c>.</param>
/// <param name="Pointer">RFC 6901 in the desired object; null where that has no such place.</param>
/// <param name="Owners">The writers of what is there now.</param>
/// <param name="Expected">The writers of what will be there; they too know how lists are to be read.</param>
internal sealed record FieldPlace(string Path, string? Pointer, IReadOnlyList<OwnerTrail> Owners, IReadOnlyList<OwnerTrail> Expected)
{
    /// <summary>The fields that tell a list's items apart; null where the servers' records say nothing of such.</summary>
    public IReadOnlyList<string>? ItemKeys => Owners.Concat(Expected).Select(trail => trail.ItemKeys).FirstOrDefault(keys => keys is not null);

    public bool IsSet => Owners.Concat(Expected).Any(trail => trail.IsSet);

    /// <summary>An apply of ours put it there, and nobody else has a part in it.</summary>
    public bool IsOursAlone => Owners.Count > 0 && Owners.All(trail => trail.IsOurs);

    public FieldPlace Field(string name, bool desired)
    {
        var token = JsonPointer.Root.Append(name).ToString();
        return new FieldPlace(
            Path + token,
            desired && Pointer is not null ? Pointer + token : null,
            Follow(Owners, trail => trail.IntoField(name)),
            Follow(Expected, trail => trail.IntoField(name)));
    }

    /// <param name="item">The item as it is, or as it will be.</param>
    /// <param name="keys">The fields that tell it from the others.</param>
    /// <param name="index">Its index in the desired list; negative when it is not in it.</param>
    public FieldPlace Item(JsonObject item, IReadOnlyList<string> keys, int index) => new(
        $"{Path}[{string.Join(',', keys.Where(item.ContainsKey).Select(key => $"{key}={Text(item[key])}"))}]",
        At(index),
        Follow(Owners, trail => trail.IntoItem(item)),
        Follow(Expected, trail => trail.IntoItem(item)));

    /// <param name="value">A value of a set.</param>
    /// <param name="index">Its index in the desired list; negative when it is not in it.</param>
    public FieldPlace Value(JsonNode value, int index) => new(
        $"{Path}[{Text(value)}]", At(index), Follow(Owners, trail => trail.IntoValue(value)), Follow(Expected, trail => trail.IntoValue(value)));

    private static List<OwnerTrail> Follow(IReadOnlyList<OwnerTrail> trails, Func<OwnerTrail, OwnerTrail?> step) =>
        [.. trails.Select(step).OfType<OwnerTrail>()];

    private static string Text(JsonNode? value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : JsonText.Write(value);

    private string? At(int index) => index >= 0 && Pointer is not null ? $"{Pointer}/{index}" : null;
}
