using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Storage;
using KubeFed.Sandbox.Tables;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers lists: selectors, pages over a consistent snapshot, metadata only, tables.</summary>
internal sealed class ListHandler(ClusterState cluster)
{
    private const string ExpiredContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the "
        + "continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that "
        + "were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    public SandboxResponse List(ResourceType resource, RequestInfo info, Negotiation form)
    {
        var selection = Selection.Parse(resource, info);
        var limit = info.Integer("limit") is { } given and > 0 ? given : int.MaxValue;
        var (snapshot, after, inconsistent) = Start(resource, info);
        var chosen = new List<StoredObject>();
        var more = false;
        var remaining = 0;
        foreach (var item in snapshot.Range(info.Namespace, after))
        {
            if (!selection.Matches(item))
            {
                continue;
            }

            if (chosen.Count < limit)
            {
                chosen.Add(item);
                continue;
            }

            more = true;
            remaining++;
            if (!selection.IsEverything)
            {
                break;
            }
        }

        var metadata = new JsonObject();
        if (resource.IsCustom && form.Form == ObjectForm.Full)
        {
            metadata["continue"] = string.Empty;
        }

        metadata["resourceVersion"] = snapshot.ResourceVersion.ToString(CultureInfo.InvariantCulture);
        if (more)
        {
            cluster.Store.Pin(resource.StorageKey, snapshot);
            var last = chosen[^1];
            metadata["continue"] = Token(inconsistent ? -1 : snapshot.ResourceVersion, last.Namespace, last.Name);
            // As 1.20 does, which counts only in the whole form.
            if (selection.IsEverything && (form.Form != ObjectForm.PartialMetadata || cluster.Version.Minor >= 23))
            {
                metadata["remainingItemCount"] = remaining;
            }
        }

        return new SandboxResponse(200, "application/json") { Body = Write(resource, info, form, metadata, chosen) };
    }

    private (Snapshot Snapshot, (string Namespace, string Name)? After, bool Inconsistent) Start(ResourceType resource, RequestInfo info)
    {
        var current = cluster.Store.Read(resource.StorageKey);
        if (info.Parameter("continue") is not { Length: > 0 } token)
        {
            CheckMatch(info);
            CheckVersion(info, current.ResourceVersion);
            return info.Parameter("resourceVersionMatch") == "Exact"
                ? (cluster.Store.ReadAt(resource.StorageKey, long.Parse(info.Parameter("resourceVersion")!, CultureInfo.InvariantCulture)), null, false)
                : (current, null, false);
        }

        if (info.Parameter("resourceVersion") is { Length: > 0 } version && version != "0")
        {
            throw Errors.BadRequest("specifying resource version is not allowed when using continue");
        }

        var (position, @namespace, name) = Position(token);
        if (position < 0)
        {
            return (current, (@namespace, name), true);
        }

        var snapshot = cluster.Store.Pinned(resource.StorageKey, position);
        return snapshot is not null
            ? (snapshot, (@namespace, name), false)
            : throw new ApiError(410, "Expired", ExpiredContinue) { Continue = Token(-1, @namespace, name) };
    }

    private static void CheckMatch(RequestInfo info)
    {
        if (info.Parameter("resourceVersionMatch") is not { Length: > 0 } match)
        {
            return;
        }

        const string Field = "resourceVersionMatch";
        var fault = info.Parameter("resourceVersion") switch
        {
            null or "" => FieldError.Forbidden(Field, "resourceVersionMatch is forbidden unless resourceVersion is provided"),
            _ when match is not ("Exact" or "NotOlderThan") => FieldError.Unsupported(Field, match, ["Exact", "NotOlderThan", string.Empty]),
            "0" when match == "Exact" => FieldError.Forbidden(Field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""),
            _ => null,
        };
        if (fault is not null)
        {
            throw Errors.Invalid("meta.k8s.io", "ListOptions", fault);
        }
    }

    private void CheckVersion(RequestInfo info, long current)
    {
        if (info.Parameter("resourceVersion") is not { Length: > 0 } text || text == "0")
        {
            return;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
        {
            throw Errors.BadVersion(text);
        }

        if (wanted > current)
        {
            throw new ApiError(504, "Timeout", $"Too large resource version: {wanted}, current: {current}")
            {
                RetryAfterSeconds = 1,
                Causes = [new ErrorCause("ResourceVersionTooLarge", "Too large resource version", string.Empty)],
            };
        }

        if (info.Parameter("resourceVersionMatch") == "Exact" && wanted < cluster.Store.CompactedVersion)
        {
            throw Errors.Expired("The resourceVersion for the provided list is too old.");
        }
    }

    private static string Token(long version, string @namespace, string name)
    {
        var json = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = @namespace.Length > 0 ? $"{@namespace}/{name}\0" : $"{name}\0" };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static (long Version, string Namespace, string Name) Position(string token)
    {
        try
        {
            var padded = token.Replace('-', '+').Replace('_', '/');
            padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
            var json = JsonNode.Parse(Convert.FromBase64String(padded));
            var start = (json.Text("start") ?? throw new FormatException("no start")).TrimEnd('\0');
            var slash = start.LastIndexOf('/');
            return (json.Number("rv") ?? 0, slash < 0 ? string.Empty : start[..slash], start[(slash + 1)..]);
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            throw Errors.BadRequest("invalid continue token: continue key is not valid: illegal base64 data at input byte " + (token.Length - (token.Length % 4 == 0 ? 0 : token.Length % 4)).ToString(CultureInfo.InvariantCulture));
        }
    }

    private ReadOnlyMemory<byte> Write(ResourceType resource, RequestInfo info, Negotiation form, JsonObject metadata, List<StoredObject> items)
    {
        if (form.Form == ObjectForm.Table)
        {
            var table = Table.For(resource, info, form);
            return WireJson.Utf8(table.Of(items.ConvertAll(item => ObjectView.Parse(item, resource, cluster.Types)), metadata, cluster.Time.GetUtcNow()));
        }

        var partial = form.Form == ObjectForm.PartialMetadata;

        // Large enough for all of it: a list is copied as often as its buffer has to grow.
        var buffer = new ArrayBufferWriter<byte>(1024 + items.Sum(item => 128 + (partial ? item.MetadataJson.Length : item.BodyJson.Length)));
        var (kind, apiVersion) = partial ? ("PartialObjectMetadataList", "meta.k8s.io/" + form.MetaVersion) : (resource.ListKind, resource.ApiVersion);
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":"));
        buffer.Write(WireJson.Utf8(metadata));
        if (partial && items.Count == 0 && cluster.Version.Minor < 23)
        {
            buffer.Write(",\"items\":null}"u8);
            return buffer.WrittenMemory;
        }

        buffer.Write(",\"items\":["u8);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                buffer.Write(","u8);
            }

            first = false;
            if (partial)
            {
                WritePartial(buffer, item, form.MetaVersion);
            }
            else if (resource.IsCustom)
            {
                buffer.Write(ObjectView.Json(item, resource, cluster.Types).Span);
            }
            else
            {
                buffer.Write("{"u8);
                buffer.Write(item.BodyJson.Span);
            }
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>A <c>PartialObjectMetadata</c>, cut out of the stored bytes.</summary>
    public static void WritePartial(IBufferWriter<byte> buffer, StoredObject item, string metaVersion)
    {
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{metaVersion}\",\"metadata\":"));
        buffer.Write(item.MetadataJson.Span);
        buffer.Write("}"u8);
    }
}
