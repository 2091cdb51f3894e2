using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Tests.Yaml.Kubectl;

/// <summary>What kubectl makes of many texts: <c>reading.json</c> beside this file, one text after another with the objects it printed and its error.</summary>
internal static class ReadingTable
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.Default, MaxDepth = 2048 };

    public static string File => Path.Combine(Path.GetDirectoryName(Here())!, "reading.json");

    public static IReadOnlyList<ReadingCase> Read() =>
        [.. JsonNode.Parse(System.IO.File.ReadAllText(File), null, new JsonDocumentOptions { MaxDepth = 2048 })!.AsArray().Select(node => new ReadingCase(
            node!["name"]!.GetValue<string>(),
            node["text"] is { } text ? Encoding.UTF8.GetBytes(text.GetValue<string>()) : Convert.FromBase64String(node["base64"]!.GetValue<string>()),
            [.. node["objects"]!.AsArray().Select(value => value!.DeepClone())],
            node["error"]?.GetValue<string>()))];

    /// <summary>One case to a line, in ASCII, so that a difference shows as what it is.</summary>
    public static void Write(IEnumerable<ReadingCase> cases) => System.IO.File.WriteAllText(File, "[\n" + string.Join(",\n", cases.Select(Line)) + "\n]\n");

    private static string Line(ReadingCase read)
    {
        var json = new JsonObject { ["name"] = read.Name };
        var text = Encoding.UTF8.GetString(read.Bytes);
        if (Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(read.Bytes))
        {
            json["text"] = text;
        }
        else
        {
            json["base64"] = Convert.ToBase64String(read.Bytes);
        }

        json["objects"] = new JsonArray([.. read.Objects.Select(value => value.DeepClone())]);
        if (read.Error is not null)
        {
            json["error"] = read.Error;
        }

        return json.ToJsonString(OneLine);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

/// <summary>A text, and what kubectl makes of it.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Bytes">As a file holds it.</param>
/// <param name="Objects">What kubectl printed, in its order.</param>
/// <param name="Error">What it said when it failed; null where it did not.</param>
internal sealed record ReadingCase(string Name, byte[] Bytes, IReadOnlyList<JsonNode> Objects, string? Error)
{
    public override string ToString() => Name;
}
