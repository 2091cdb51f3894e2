using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tables;

/// <summary>The columns of the built-in kinds, as kube-apiserver has them.</summary>
internal static class BuiltInColumns
{
    public static IReadOnlyList<Column> Of(string kind) =>
        WorkloadColumns.Of(kind) ?? ServiceColumns.Of(kind) ?? StorageColumns.Of(kind) ?? ClusterColumns.Of(kind) ?? [Column.ObjectName, Column.CreatedAt];

    public static long Count(JsonObject item, string path) => WireJson.AsNumber(item.At(path)) ?? 0;

    public static string Joined(IEnumerable<string?> texts) => string.Join(',', texts.Where(text => !string.IsNullOrEmpty(text)));

    public static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;

    /// <summary>Labels as <c>a=b,c=d</c>.</summary>
    public static string Labels(JsonObject? labels) =>
        OrNone(Joined((labels ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

    /// <summary>A label selector as kubectl takes it with -l.</summary>
    public static string Selector(JsonObject? selector)
    {
        var parts = (selector.Child("matchLabels") ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}").ToList();
        foreach (var expression in (selector.Items("matchExpressions") ?? []).OfType<JsonObject>())
        {
            var values = string.Join(',', (expression.Items("values") ?? []).Select(value => value?.ToString()));
            parts.Add(expression.Text("operator") switch
            {
                "In" => $"{expression.Text("key")} in ({values})",
                "NotIn" => $"{expression.Text("key")} notin ({values})",
                "DoesNotExist" => $"!{expression.Text("key")}",
                _ => expression.Text("key") ?? string.Empty,
            });
        }

        return parts.Count == 0 ? "<none>" : string.Join(',', parts);
    }
}
