using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using Binary = KubeFed.TestSupport.Servers.Kubectl;

namespace KubeFed.Kubernetes.Tests.Yaml.Kubectl;

/// <summary>The same file means the same as for kubectl.</summary>
/// <remarks>
/// Decision 0028. Where kubectl stops at the first document that it can't read, this reader goes on, so what kubectl printed before it failed is where ours
/// begins. <c>KUBEFED_UPDATE_KUBECTL_TABLE=1</c> has the table written anew by the real kubectl.
/// </remarks>
public sealed class ReadingTests
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 2048 };

    [Fact]
    public void Every_text_of_the_table_reads_as_kubectl_reads_it()
    {
        var table = ReadingTable.Read();
        var differences = table.Where(read => !KnownDifferences.ByName.ContainsKey(read.Name))
            .Select(read => (read.Name, Difference: Difference(read)))
            .Where(read => read.Difference is not null)
            .Select(read => $"{read.Name}: {read.Difference}")
            .ToList();

        Assert.True(differences.Count == 0, $"{differences.Count} of {table.Count}:\n{string.Join('\n', differences)}");
        Assert.True(table.Count > 1000, "the table is not whole");
    }

    [Fact]
    public void Where_this_reader_differs_on_purpose_it_says_why_and_loses_nothing()
    {
        var cases = ReadingTable.Read().ToDictionary(read => read.Name, StringComparer.Ordinal);
        foreach (var (name, expected) in KnownDifferences.ByName)
        {
            Assert.True(Difference(cases[name]) is not null, $"{name} no longer differs");
            var (objects, faults) = Ours(cases[name].Bytes);
            if (expected.Fault is { } fault)
            {
                Assert.Contains(fault, string.Join('\n', faults), StringComparison.Ordinal);
            }
            else
            {
                Assert.Empty(faults);
                Assert.Equal(expected.Objects, objects.Count);
            }
        }
    }

    [Fact]
    public async Task The_table_is_what_kubectl_says()
    {
        var kubectl = await Binary.RequireAsync();
        var folder = Directory.CreateTempSubdirectory("kubefed-reading-");
        try
        {
            var real = new RealKubectl(kubectl, folder.FullName);
            var table = ReadingTable.Read();
            if (Environment.GetEnvironmentVariable("KUBEFED_UPDATE_KUBECTL_TABLE") == "1")
            {
                var written = new List<ReadingCase>();
                foreach (var read in table)
                {
                    written.Add(await real.AskAsync(read.Name, read.Bytes));
                }

                ReadingTable.Write(written);
                return;
            }

            foreach (var read in table.Where(read => read.Error is not null))
            {
                var now = await real.AskAsync(read.Name, read.Bytes);
                Assert.True(now.Error is not null && SameAll(read.Objects, now.Objects), $"{read.Name}: {now.Error}");
            }

            foreach (var batch in table.Where(read => read.Error is null).Chunk(100))
            {
                var now = await real.AskAsync([.. batch.Select(read => read.Bytes)]);
                Assert.Equal(batch.Length, now.Count);
                Assert.All(batch.Zip(now), pair => Assert.True(SameAll(pair.First.Objects, pair.Second), pair.First.Name));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Difference(ReadingCase read)
    {
        var (objects, faults) = Ours(read.Bytes);
        if (read.Error is null && faults.Count > 0)
        {
            return $"kubectl reads it; {faults[0]}";
        }

        if (read.Error is not null && faults.Count == 0)
        {
            return $"kubectl refuses it: {read.Error}; this reads {string.Join(' ', objects.Select(Short))}";
        }

        var expected = read.Objects;
        return (read.Error is null ? objects.Count == expected.Count : objects.Count >= expected.Count) && SameAll(expected, objects.Take(expected.Count))
            ? null
            : $"kubectl reads {string.Join(' ', expected.Select(Short))}, this {string.Join(' ', objects.Select(Short))}";
    }

    private static (IReadOnlyList<JsonNode> Objects, IReadOnlyList<string> Faults) Ours(byte[] bytes)
    {
        string text;
        try
        {
            text = StrictText.Decode(bytes, "x.yaml");
        }
        catch (TextEncodingException refused)
        {
            return ([], [refused.Message]);
        }

        var entries = Manifest.ReadEach(text, "x.yaml");
        return (
            [.. entries.Where(entry => entry.Value is not null).Select(entry => (JsonNode)entry.Value!.Json)],
            [.. entries.Where(entry => entry.Fault is not null).Select(entry => entry.Fault!.Message)]);
    }

    private static bool SameAll(IEnumerable<JsonNode> left, IEnumerable<JsonNode> right) =>
        left.Count() == right.Count() && left.Zip(right).All(pair => Same(pair.First, pair.Second));

    /// <summary>Numbers are the same when they are the same double: kubectl itself keeps no whole numbers above 2^63.</summary>
    private static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(pair => b.TryGetPropertyValue(pair.Key, out var other) && Same(pair.Value, other)),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number =>
            Whole(a) is { } one && Whole(b) is { } other
                ? one == other
                : double.Parse(a.ToJsonString(), CultureInfo.InvariantCulture).Equals(double.Parse(b.ToJsonString(), CultureInfo.InvariantCulture)),
        (JsonValue a, JsonValue b) => a.GetValueKind() == b.GetValueKind() && a.ToString() == b.ToString(),
        _ => false,
    };

    private static long? Whole(JsonValue value) =>
        long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;

    private static string Short(JsonNode? node) => node?.ToJsonString(Deep) is { Length: > 300 } text ? text[..300] : node?.ToJsonString(Deep) ?? "null";
}
