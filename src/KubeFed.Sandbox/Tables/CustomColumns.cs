using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tables;

/// <summary>The columns a CRD declares (additionalPrinterColumns); the name, and the age where it declares none.</summary>
internal static class CustomColumns
{
    public static IReadOnlyList<Column> Of(ResourceType resource) =>
        resource.PrinterColumns.Count == 0 ? [Column.ObjectName, Column.Age] : [Column.ObjectName, .. resource.PrinterColumns.Select(Declared)];

    private static Column Declared(JsonObject declared)
    {
        var type = declared.Text("type") ?? "string";
        var path = FieldPath.TryParse(declared.Text("jsonPath") ?? string.Empty);
        return new Column(declared.Text("name") ?? string.Empty, type, (item, now) => path is null ? null : Cell(path.Find(item), type, now))
        {
            Priority = (int)(declared.Number("priority") ?? 0),
            Format = declared.Text("format") ?? string.Empty,
            Description = declared.Text("description") ?? "Custom resource definition column (in JSONPath format): " + declared.Text("jsonPath"),
        };
    }

    /// <summary>A value of another type than the column's is left out; a string column prints anything.</summary>
    private static JsonNode? Cell(JsonNode? value, string type, DateTimeOffset now)
    {
        if (value is null)
        {
            return null;
        }

        var kind = value.GetValueKind();
        switch (type)
        {
            case "integer":
                return WireJson.AsNumber(value) is { } whole ? whole : null;
            case "number":
                return kind == JsonValueKind.Number ? value.DeepClone() : null;
            case "boolean":
                return kind is JsonValueKind.True or JsonValueKind.False ? value.DeepClone() : null;
            case "date":
                return kind == JsonValueKind.String ? Duration.Since(value.GetValue<string>(), now) : null;
            default:
                return kind == JsonValueKind.String ? value.DeepClone() : value.ToJsonString(WireJson.Options).ToString(CultureInfo.InvariantCulture);
        }
    }
}
