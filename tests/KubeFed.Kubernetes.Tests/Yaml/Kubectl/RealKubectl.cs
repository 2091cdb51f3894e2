using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.TestSupport.Servers;
using Binary = KubeFed.TestSupport.Servers.Kubectl;

namespace KubeFed.Kubernetes.Tests.Yaml.Kubectl;

/// <summary>Asks the real kubectl, which patches nothing into the objects of a file, locally, and prints them.</summary>
internal sealed class RealKubectl(Binary kubectl, string folder)
{
    private const string EndOfCase = "EndOfCase";

    private static readonly string[] Printing = ["patch", "--local", "--type", "json", "--patch", "[]", "--output", "json"];

    /// <summary>One text, with its error.</summary>
    public async Task<ReadingCase> AskAsync(string name, byte[] bytes)
    {
        var file = Path.Combine(folder, "manifest");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var (exit, output, error) = await kubectl.RunAsync([.. Printing, "--filename", file]);
        var nothingThere = error.StartsWith("error: no objects passed to patch", StringComparison.Ordinal);
        var said = exit == 0 || nothingThere ? null : Said(error.Replace(file, "FILE", StringComparison.Ordinal));
        return new ReadingCase(name, bytes, [.. Values(output)], said);
    }

    /// <summary>Many texts in which kubectl finds no fault, in one run: marks between them tell whose the objects are.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<JsonNode>>> AskAsync(IReadOnlyList<byte[]> texts)
    {
        var mark = Path.Combine(folder, "mark");
        await File.WriteAllTextAsync(mark, $$"""{"apiVersion":"v1","kind":"{{EndOfCase}}","metadata":{"name":"x"} }""", TestContext.Current.CancellationToken);
        var arguments = new List<string>(Printing);
        for (var i = 0; i < texts.Count; i++)
        {
            // A mark is another file each time, since kubectl reads no file twice.
            var (file, end) = (Path.Combine(folder, $"{i:0000}a"), Path.Combine(folder, $"{i:0000}b"));
            await File.WriteAllBytesAsync(file, texts[i], TestContext.Current.CancellationToken);
            File.Copy(mark, end, overwrite: true);
            arguments.AddRange(["--filename", file, "--filename", end]);
        }

        var (exit, output, error) = await kubectl.RunAsync(arguments);
        Assert.True(exit == 0, error);
        var found = new List<IReadOnlyList<JsonNode>>();
        var current = new List<JsonNode>();
        foreach (var value in Values(output))
        {
            if (value["kind"]?.ToString() == EndOfCase)
            {
                found.Add(current);
                current = [];
                continue;
            }

            current.Add(value);
        }

        return found;
    }

    /// <summary>What it says first: it repeats itself where several things are wrong, and quotes whole objects.</summary>
    private static string Said(string error) => error.Trim().Split('\n')[0] is { Length: > 200 } text ? text[..200] : error.Trim().Split('\n')[0];

    private static List<JsonNode> Values(string output)
    {
        var bytes = Encoding.UTF8.GetBytes(output);
        var found = new List<JsonNode>();
        var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 2048 };
        var reader = new Utf8JsonReader(bytes, options);
        while (reader.Read())
        {
            found.Add(JsonNode.Parse(JsonElement.ParseValue(ref reader).GetRawText(), null, new JsonDocumentOptions { MaxDepth = 2048 })!);
        }

        return found;
    }
}
