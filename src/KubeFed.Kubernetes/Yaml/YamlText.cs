using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>
/// The one way this library reads YAML: as the JSON it stands for. Since JSON is YAML, it reads both. Plain scalars follow the YAML 1.2 core schema, with
/// one thing that Kubernetes manifests rely on: <c>0644</c> is octal, as in YAML 1.1.
/// </summary>
public static class YamlText
{
    /// <summary>Every document of the text, in order; empty documents are left out.</summary>
    /// <exception cref="YamlTextException">The text cannot be read; says where.</exception>
    public static IReadOnlyList<JsonNode> ParseAll(string text) => [.. ParseDocuments(text).Select(document => document.Content)];

    /// <summary>As <see cref="ParseAll"/>, each document with the line, from 1, that its content begins in.</summary>
    /// <exception cref="YamlTextException">The text cannot be read; says where.</exception>
    public static IReadOnlyList<(JsonNode Content, long Line)> ParseDocuments(string text)
    {
        var documents = new List<(JsonNode, long)>();
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                var line = parser.Current?.Start.Line ?? 1;
                if (new YamlDocumentReader(parser).Read() is { } document)
                {
                    documents.Add((document, line));
                }

                parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException error)
        {
            var (line, column) = Place(error, text);
            throw new YamlTextException($"Line {line}, column {column}: {Reason(error)}", line, column, error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // Some malformed texts trip the scanner itself: "a: [\nb: {" for one. The last thing it understood is the nearest place there is.
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlTextException($"Line {place.Line}, column {place.Column}: the text is malformed from here on.", place.Line, place.Column, error);
        }

        return documents;
    }

    /// <summary>The only document of the text; null when there is none.</summary>
    /// <exception cref="YamlTextException">As for <see cref="ParseAll"/>, or there are several documents.</exception>
    public static JsonNode? Parse(string text)
    {
        var documents = ParseAll(text);
        return documents.Count switch
        {
            0 => null,
            1 => documents[0],
            var count => throw new YamlTextException($"One document was expected, not {count}.", 1, 1),
        };
    }

    // For a tab as indentation YamlDotNet names the start of the map, which may be far above.
    private static (long Line, long Column) Place(YamlException error, string text)
    {
        if (error.Message.Contains("tab as indentation", StringComparison.Ordinal))
        {
            var lines = text.Split('\n');
            var at = Array.FindIndex(lines, line => line.TrimStart(' ').StartsWith('\t'));
            if (at >= 0)
            {
                return (at + 1, lines[at].IndexOf('\t', StringComparison.Ordinal) + 1);
            }
        }

        return (error.Start.Line, error.Start.Column);
    }

    // YamlDotNet puts "(Line: 1, Col: 2, Idx: 3) - (...): " before its reasons.
    private static string Reason(YamlException error)
    {
        var end = error.Message.StartsWith("(Line:", StringComparison.Ordinal) ? error.Message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return end < 0 ? error.Message : error.Message[(end + 3)..];
    }
}
