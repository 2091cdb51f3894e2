using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Tables;

/// <summary>Which part of each object a table's rows carry along (<c>includeObject</c>).</summary>
internal enum RowObject
{
    Metadata,
    None,
    Object,
}

/// <summary>The <c>meta.k8s.io Table</c> form of objects: what the server thinks a person wants to see of them. kubectl prints it as it is.</summary>
/// <param name="Resource">Whose objects.</param>
/// <param name="MetaVersion">The version of meta.k8s.io the client asked for.</param>
/// <param name="RowObject">What the client wants along.</param>
internal sealed record Table(ResourceType Resource, string MetaVersion, RowObject RowObject)
{
    /// <exception cref="ApiError">400: includeObject has no known value.</exception>
    public static Table For(ResourceType resource, RequestInfo info, Negotiation form) => new(
        resource,
        form.MetaVersion,
        info.Parameter("includeObject") switch
        {
            null or "" or "Metadata" => RowObject.Metadata,
            "None" => RowObject.None,
            "Object" => RowObject.Object,
            var other => throw Errors.BadRequest($"unrecognized includeObject value: \"{other}\""),
        });

    /// <param name="items">In the table's order.</param>
    /// <param name="metadata">Of the list.</param>
    /// <param name="now">Ages are counted up to here.</param>
    /// <param name="definitions">False leaves the columns' definitions out: a watch sends them once.</param>
    public JsonObject Of(IReadOnlyList<JsonObject> items, JsonObject metadata, DateTimeOffset now, bool definitions = true)
    {
        var columns = Resource.IsCustom ? CustomColumns.Of(Resource) : BuiltInColumns.Of(Resource.Kind);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/" + MetaVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = definitions ? new JsonArray([.. columns.Select(column => column.Definition())]) : null,
            ["rows"] = new JsonArray([.. items.Select(item => Row(item, columns, now))]),
        };
    }

    private JsonObject Row(JsonObject item, IReadOnlyList<Column> columns, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item, now))]) };
        if (RowObject != RowObject.None)
        {
            row["object"] = RowObject == RowObject.Object
                ? item.DeepClone()
                : new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/" + MetaVersion,
                    ["metadata"] = item["metadata"]?.DeepClone(),
                };
        }

        return row;
    }
}
