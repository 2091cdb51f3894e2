using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tables;

/// <summary>One column of a table.</summary>
/// <param name="Name">As in the column's definition; kubectl prints it in upper case.</param>
/// <param name="Type">An OpenAPI type: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>date</c>.</param>
/// <param name="Cell">An object's cell; null prints as <c>&lt;none&gt;</c>.</param>
internal sealed record Column(string Name, string Type, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    /// <summary>0 is always printed, more only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }

    public string Format { get; init; } = string.Empty;

    public string Description { get; init; } = string.Empty;

    public JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };

    /// <summary>The object's name, the first column of nearly every table.</summary>
    public static Column ObjectName { get; } = new("Name", "string", (item, _) => item.At("metadata").Text("name")) { Format = "name" };

    /// <summary>How long ago the object was made.</summary>
    public static Column Age { get; } = new("Age", "string", (item, now) => Duration.Since(item.At("metadata").Text("creationTimestamp"), now));

    /// <summary>When the object was made.</summary>
    public static Column CreatedAt { get; } = new("Created At", "date", (item, _) => item.At("metadata").Text("creationTimestamp"));

    public static Column Text(string name, Func<JsonObject, string?> cell) => new(name, "string", (item, _) => cell(item));

    public static Column Number(string name, Func<JsonObject, long> cell) => new(name, "integer", (item, _) => cell(item));

    /// <summary>The same column, printed with <c>-o wide</c> only.</summary>
    public Column Wide() => this with { Priority = 1 };
}
