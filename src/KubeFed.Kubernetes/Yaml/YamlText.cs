using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Yaml;

/// <summary>
/// The one way this library reads what people write: YAML and JSON as kubectl reads them, which is YAML 1.1 as go-yaml has it, documents split at lines that
/// begin with <c>---</c>, or JSON values that follow each other.
/// </summary>
/// <remarks>Decision 0028; YAMLOrJSONDecoder of k8s.io/apimachinery 0.35.</remarks>
public static class YamlText
{
    private const int JsonIsGuessedFrom = 4096;

    /// <summary>Every document of the text, in order, those that can't be read among them; empty ones are left out.</summary>
    public static IReadOnlyList<YamlDocument> Read(string text)
    {
        var documents = new List<YamlDocument>();
        var start = text.StartsWith('\uFEFF') ? 1 : 0;
        if (text.AsSpan(start, Math.Min(JsonIsGuessedFrom, text.Length - start)).TrimStart() is ['{', ..])
        {
            start = Json(text, start, documents);
        }

        var allowance = new AliasAllowance();
        foreach (var chunk in YamlChunk.Split(text, start))
        {
            if (Yaml(chunk.WithoutMark(), documents.Count + 1, allowance) is { } document)
            {
                documents.Add(document);
            }
        }

        return documents;
    }

    /// <summary>What every document of the text stands for, in order; empty ones are left out.</summary>
    /// <exception cref="YamlTextException">One of them cannot be read; says where.</exception>
    public static IReadOnlyList<JsonNode> ParseAll(string text) =>
        [.. Read(text).Select(document => document.Fault is { } fault ? throw fault : document.Content!)];

    /// <summary>The only document of the text, every word of which counts; null when there is none.</summary>
    /// <exception cref="YamlTextException">It can't be read, a key stands twice in one map, or there are several documents.</exception>
    public static JsonNode? Parse(string text)
    {
        var documents = Read(text);
        return documents switch
        {
            [] => null,
            [{ Fault: { } fault }, ..] => throw fault,
            [{ Remarks: [var remark, ..] }, ..] => throw remark,
            [var only] => only.Content,
            [_, var second, ..] => throw new YamlTextException(
                $"Line {second.Line}, column 1: one document was expected, not {documents.Count}.", second.Line, 1),
        };
    }

    /// <summary>Reads JSON values from the start on.</summary>
    /// <returns>Where YAML begins: behind the last value, where something else follows that may be YAML.</returns>
    private static int Json(string text, int start, List<YamlDocument> documents)
    {
        var stream = new JsonStream(text, start);
        var values = 0;
        while (!stream.AtEnd)
        {
            var end = stream.End;
            try
            {
                var value = stream.Read();
                values++;
                if (value is not null)
                {
                    documents.Add(new YamlDocument(documents.Count + 1, stream.Line, value, null) { Remarks = stream.Remarks });
                }
            }
            catch (YamlTextException fault)
            {
                values++;
                documents.Add(new YamlDocument(documents.Count + 1, stream.Line, null, fault));
            }
            catch (JsonException) when (values < 2)
            {
                return AfterBlanks(text, end);
            }
            catch (JsonException error)
            {
                // Several values have come, so this is no YAML. It can go on where a line begins a value, or separates documents.
                documents.Add(Broken(stream.Line, error, documents.Count + 1));
                var next = NextBeginning(text, stream.Next);
                if (next == text.Length || text[next] != '{')
                {
                    return next;
                }

                stream = new JsonStream(text, next);
            }
        }

        return text.Length;
    }

    private static YamlDocument Broken(long line, JsonException error, int number)
    {
        var reason = error.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.', ' ');
        var (at, column) = (line + (error.LineNumber ?? 0), (error.BytePositionInLine ?? 0) + 1);
        return new YamlDocument(number, line, null, new YamlTextException($"Line {at}, column {column}: {reason}.", at, column, error));
    }

    /// <summary>White space up to the end of its line is no part of what follows.</summary>
    private static int AfterBlanks(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            if (text[at++] == '\n')
            {
                break;
            }
        }

        return at;
    }

    /// <summary>The first line behind a place that begins a JSON value or separates documents; the text's end where there is none.</summary>
    private static int NextBeginning(string text, int at)
    {
        for (var end = text.IndexOf('\n', at); end >= 0; end = text.IndexOf('\n', end + 1))
        {
            if (text.AsSpan(end + 1) is ['{', ..] or ['-', '-', '-', ..])
            {
                return end + 1;
            }
        }

        return text.Length;
    }

    private static YamlDocument? Yaml(YamlChunk chunk, int number, AliasAllowance allowance)
    {
        if (chunk.Fault is not null)
        {
            return new YamlDocument(number, chunk.Line - 1, null, chunk.Fault);
        }

        if (YamlCharacters.FirstForbidden(chunk.Text) is >= 0 and var at)
        {
            var line = chunk.Line + chunk.Text.AsSpan(0, at).Count('\n');
            var column = at - chunk.Text.LastIndexOf('\n', at);
            var code = (int)chunk.Text[at];
            var reason = $"Line {line}, column {column}: the character U+{code:X4} is not allowed in YAML; in double quotes it is written \\u{code:x4}.";
            return new YamlDocument(number, line, null, new YamlTextException(reason, line, column));
        }

        var reader = new YamlDocumentReader(chunk, allowance);
        try
        {
            return reader.Read() is { } content
                ? new YamlDocument(number, reader.Line, content, null) { Remarks = reader.Remarks }
                : null;
        }
        catch (YamlTextException fault)
        {
            return new YamlDocument(number, fault.Line, null, fault);
        }
    }
}
