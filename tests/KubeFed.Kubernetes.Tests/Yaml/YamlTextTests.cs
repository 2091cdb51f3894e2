using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Tests.Yaml;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: '1'", """{"a":"1"}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: -3", """{"a":-3}""")]
    [InlineData("a: 0644", """{"a":420}""")]
    [InlineData("a: 0o17", """{"a":15}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 089", """{"a":89}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: 500m", """{"a":"500m"}""")]
    [InlineData("a: 2026-11-20", """{"a":"2026-11-20"}""")]
    [InlineData("a: yes", """{"a":true}""")]
    [InlineData("a: true", """{"a":true}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a:", """{"a":null}""")]
    [InlineData("a: !!str 5", """{"a":"5"}""")]
    [InlineData("- x\n- [1, {b: c}]", """["x",[1,{"b":"c"}]]""")]
    [InlineData("""{"a": {"b": [1, "two", null, false]}}""", """{"a":{"b":[1,"two",null,false]}}""")]
    [InlineData("a: |\n  one\n  two\n", """{"a":"one\ntwo\n"}""")]
    [InlineData("1: x", """{"1":"x"}""")]
    public void Yaml_reads_as_the_json_it_stands_for(string yaml, string json) =>
        Assert.Equal(json, YamlText.Parse(yaml)!.ToJsonString());

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_filled_in_and_own_keys_win() =>
        Assert.Equal(
            """{"base":{"x":1,"z":2},"use":{"x":1,"z":3},"same":{"x":1,"z":2}}""",
            YamlText.Parse("base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\nsame: *b")!.ToJsonString());

    [Fact]
    public void Several_documents_come_in_order_without_the_empty_ones() =>
        Assert.Equal(["""{"a":1}""", """{"b":2}"""], YamlText.ParseAll("---\na: 1\n---\n# nothing\n---\nb: 2\n").Select(d => d.ToJsonString()));

    [Theory]
    [InlineData("a: [1, 2", 2)]
    [InlineData("ok: 1\na: b: c", 2)]
    [InlineData("a: 1\na: 2", 2)]
    [InlineData("a: *nowhere", 1)]
    [InlineData("? [1]\n: 2", 1)]
    [InlineData("<<: 5", 1)]
    public void A_fault_names_its_line(string yaml, long line)
    {
        var error = Assert.Throws<YamlTextException>(() => YamlText.Parse(yaml));

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"Line {line}, column ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusters: [\nusers: {")]
    [InlineData("a: \"\\q\"")]
    public void Text_that_trips_the_scanner_is_still_a_fault_of_the_text(string yaml) =>
        Assert.StartsWith("Line ", Assert.Throws<YamlTextException>(() => YamlText.Parse(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void However_a_text_is_mangled_it_reads_or_is_refused()
    {
        const string Whole = "apiVersion: v1\nkind: Config\nclusters:\n- name: 'a'\n  cluster: {server: \"https://x\", list: [1, 2.5, ~]}\nusers: &u\n- *u\n? |\n  k\n: >-\n  v\n";
        const string Noise = "{}[]:,-?&*!|>'\"%@`#\t\n \\a0~";
        var random = new Random(20260101);
        for (var run = 0; run < 5000; run++)
        {
            var text = Whole.ToCharArray();
            for (var edit = random.Next(1, 6); edit > 0; edit--)
            {
                text[random.Next(text.Length)] = Noise[random.Next(Noise.Length)];
            }

            var mangled = new string(text, 0, random.Next(1, text.Length));
            try
            {
                YamlText.ParseAll(mangled);
            }
            catch (YamlTextException refused)
            {
                Assert.True(refused.Line >= 0, mangled);
            }
        }
    }

    [Fact]
    public void A_key_that_stands_twice_counts_once_and_is_told_of()
    {
        var document = Assert.Single(YamlText.Read("a: 1\nb: 2\na: 3"));

        Assert.Equal("""{"a":3,"b":2}""", document.Content!.ToJsonString());
        Assert.Equal(
            "Line 3, column 1: the key 'a' stands twice in one map, and the last one counts; take the others out.", Assert.Single(document.Remarks).Message);
    }

    [Fact]
    public void What_nobody_reads_is_told_of()
    {
        var document = Assert.Single(YamlText.Read("a: 1\n...\nb: 2\n"));

        Assert.StartsWith("Line 3, column 1: what follows is not read", Assert.Single(document.Remarks).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_one_document_leaves_the_others()
    {
        var documents = YamlText.Read("a: 1\n---\nb: [\n---\nc: \u0007\n--- d: 4\ne: 5\n---\nf: 6\n");

        Assert.Equal(["""{"a":1}""", null, null, null, """{"f":6}"""], documents.Select(document => document.Content?.ToJsonString()));
        Assert.Equal([1, 2, 3, 4, 5], documents.Select(document => document.Number));
        Assert.Equal([5, 6], documents.Skip(2).Take(2).Select(document => document.Fault!.Line));
    }

    [Fact]
    public void A_fault_in_a_row_of_json_values_leaves_the_others()
    {
        var documents = YamlText.Read("""{"a":1}""" + "\n{\"b\":\n  2}\n{\"c\":,}\n{\"d\":4}\n{\"e\": 5}\n");

        Assert.Equal(["""{"a":1}""", """{"b":2}""", null, """{"d":4}""", """{"e":5}"""], documents.Select(document => document.Content?.ToJsonString()));
        Assert.Equal(4, documents[2].Fault!.Line);
    }

    [Fact]
    public void Few_bytes_that_name_much_text_are_refused_before_they_fill_the_memory()
    {
        var text = $"big: &big {new string('x', 200 * 1024)}\nlist:\n" + string.Concat(Enumerable.Repeat("- *big\n", 20_000));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Assert.Throws<YamlTextException>(() => YamlText.Parse(text));

        Assert.Contains("stand for more than 16 MiB of text", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * 1024 * 1024);
    }

    [Fact]
    public void The_allowance_is_one_for_all_documents()
    {
        var document = $"big: &big {new string('x', 10 * 1024)}\nlist:\n" + string.Concat(Enumerable.Repeat("- *big\n", 100)) + "---\n";

        var documents = YamlText.Read(string.Concat(Enumerable.Repeat(document, 40)));

        Assert.Null(documents[0].Fault);
        Assert.NotNull(documents[^1].Fault);
    }

    [Fact]
    public void Aliases_that_multiply_are_refused_before_they_fill_the_memory()
    {
        var lines = Enumerable.Range(1, 12).Select(i => $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]");

        Assert.Throws<YamlTextException>(() => YamlText.Parse("l0: &l0 x\n" + string.Join('\n', lines)));
    }
}
