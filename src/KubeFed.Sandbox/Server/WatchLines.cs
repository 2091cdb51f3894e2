using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Storage;
using KubeFed.Sandbox.Tables;

namespace KubeFed.Sandbox.Server;

/// <summary>Writes the events of one watch, one JSON line each, in the form its client asked for. A watch of tables describes the columns once.</summary>
internal sealed class WatchLines(ClusterState cluster, ResourceType resource, Negotiation form, Table? table)
{
    private bool _described;

    public ReadOnlyMemory<byte> Event(string type, StoredObject value)
    {
        switch (form.Form)
        {
            case ObjectForm.PartialMetadata:
                var buffer = new ArrayBufferWriter<byte>(512);
                ListHandler.WritePartial(buffer, value, form.MetaVersion);
                return Line(type, buffer.WrittenMemory);
            case ObjectForm.Table:
                return Row(type, ObjectView.Parse(value, resource, cluster.Types), value.ResourceVersion);
            default:
                return Line(type, ObjectView.Json(value, resource, cluster.Types));
        }
    }

    /// <summary>Says that everything up to a version has been told.</summary>
    public ReadOnlyMemory<byte> Bookmark(long version)
    {
        var partial = form.Form == ObjectForm.PartialMetadata;
        var bare = new JsonObject
        {
            ["kind"] = partial ? "PartialObjectMetadata" : resource.Kind,
            ["apiVersion"] = partial ? "meta.k8s.io/" + form.MetaVersion : resource.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
        };
        return form.Form == ObjectForm.Table ? Row("BOOKMARK", bare, version) : Line("BOOKMARK", WireJson.Utf8(bare));
    }

    public static ReadOnlyMemory<byte> Error(ApiError error) => Line("ERROR", WireJson.Utf8(error.ToStatus()));

    private ReadOnlyMemory<byte> Row(string type, JsonObject value, long version)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        var row = table!.Of([value], metadata, cluster.Time.GetUtcNow(), definitions: !_described);
        _described = true;
        return Line(type, WireJson.Utf8(row));
    }

    private static ReadOnlyMemory<byte> Line(string type, ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 48);
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"));
        buffer.Write(json.Span);
        buffer.Write("}\n"u8);
        return buffer.WrittenMemory;
    }
}
