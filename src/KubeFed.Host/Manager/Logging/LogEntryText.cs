using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Text;
using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Manager.Logging;

/// <summary>One log entry and its two spellings, each a single printable line whatever the message holds.</summary>
internal sealed record LogEntryText(
    DateTimeOffset Time, LogLevel Level, string Category, string Message, IEnumerable<KeyValuePair<string, object?>> Fields, Exception? Error)
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string ToString()
    {
        var error = Error is null ? string.Empty : $" ({Error.GetType().Name}: {Error.Message})";
        var line = $"{Stamp} {Name,-5} {Category}: {Message}{error}".ReplaceLineEndings("; ");
        return Printable.Of(line);
    }

    public string ToJson()
    {
        var line = new JsonObject { ["time"] = Stamp, ["level"] = Name, ["logger"] = Category, ["message"] = Printable.Of(Message) };
        var fields = new JsonObject();
        foreach (var (key, value) in Fields)
        {
            if (value is not null && key != "{OriginalFormat}")
            {
                fields[JsonNamingPolicy.CamelCase.ConvertName(key)] = Printable.Of(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty);
            }
        }

        if (fields.Count > 0)
        {
            line["fields"] = fields;
        }

        if (Error is not null)
        {
            line["error"] = Error.ToString();
        }

        return line.ToJsonString(s_readable);
    }

    private string Stamp => Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private string Name => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
