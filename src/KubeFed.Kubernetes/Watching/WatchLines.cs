using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Watching;

/// <summary>Cuts a watch stream into its events: one JSON object per line.</summary>
internal static class WatchLines
{
    /// <summary>Far above what etcd stores of one object (1.5 MiB), so only a broken stream gets there.</summary>
    public const int MaxLine = 16 << 20;

    /// <exception cref="MalformedWatchException">
    /// A line is not <c>{"type": ..., "object": {...}}</c> with an object as Kubernetes has them, or the stream ends within one.
    /// </exception>
    public static async IAsyncEnumerable<RawWatchEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    if (Parse(buffer.Slice(0, end)) is { } parsed)
                    {
                        yield return parsed;
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (read.IsCompleted)
                {
                    if (Parse(buffer) is { } last)
                    {
                        yield return last;
                    }

                    yield break;
                }

                if (buffer.Length > MaxLine)
                {
                    throw new MalformedWatchException($"a line is longer than {MaxLine >> 20} MiB", null);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static RawWatchEvent? Parse(ReadOnlySequence<byte> line)
    {
        if (line.Length > MaxLine)
        {
            throw new MalformedWatchException($"a line is longer than {MaxLine >> 20} MiB", null);
        }

        var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (bytes.Trim(" \t\r"u8).IsEmpty)
        {
            return null;
        }

        JsonElement json;
        try
        {
            json = JsonText.ParseElement(bytes);
        }
        catch (JsonException error)
        {
            throw new MalformedWatchException("a line is not a JSON object", error);
        }

        if (json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("type"u8, out var type)
            && type.ValueKind == JsonValueKind.String
            && json.TryGetProperty("object"u8, out var value))
        {
            return AnswerShape.FaultOfObject(value) is { } fault
                ? throw new MalformedWatchException($"an event's object is none of Kubernetes: {fault}", null)
                : new RawWatchEvent(type.GetString()!, JsonObject.Create(value)!);
        }

        throw new MalformedWatchException("a line has no type and object", null);
    }
}

/// <summary>One line of a watch, as sent.</summary>
internal sealed record RawWatchEvent(string Type, JsonObject Object);

/// <summary>The stream can't be trusted any more; what came before it can.</summary>
internal sealed class MalformedWatchException(string message, Exception? inner) : Exception(message, inner);
