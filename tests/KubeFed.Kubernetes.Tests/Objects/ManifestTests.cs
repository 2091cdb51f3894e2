using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Tests.Objects;

public class ManifestTests
{
    [Fact]
    public void Several_documents_and_lists_become_objects_in_order()
    {
        var objects = Manifest.Read(
            """
            # a comment
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            ---
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Secret, metadata: {name: b}}
            - {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: c}}]}
            """,
            "x.yaml");

        Assert.Equal(["ConfigMap a", "Secret b", "Pod c"], objects.Select(value => value.ToString()));
    }

    [Fact]
    public void Json_is_read_as_it_is() =>
        Assert.Equal("1.50", Manifest.Read("\t{\"apiVersion\":\"v1\",\n\t\"kind\":\"X\",\"n\":1.50}", "x.json")[0].Json["n"]!.ToJsonString());

    [Theory]
    [InlineData("a: b: c", "x.yaml: Line 1, column 5")]
    [InlineData("{\"a\": ", "x.yaml: Line 2")]
    [InlineData("just text", "x.yaml: the document is not an object but a single value")]
    [InlineData("- a", "x.yaml: the document is not an object but a list")]
    [InlineData("apiVersion: v1", "x.yaml: the document has no kind")]
    [InlineData("kind: Pod", "x.yaml: the document has no apiVersion")]
    [InlineData("kind: Pod\napiVersion: 1", "x.yaml: the document has no apiVersion, which must be a string")]
    [InlineData("kind: Pod\napiVersion: v1\n---\nkind: Pod", "x.yaml: document 2 has no apiVersion")]
    [InlineData("kind: List\napiVersion: v1\nitems: [{kind: Pod}]", "x.yaml: the document: items[0] has no apiVersion")]
    [InlineData("kind: Pod\napiVersion: v1\nmetadata: {name: 5}", "x.yaml: the document (Pod ) has a metadata.name that is the number 5")]
    [InlineData(
        "kind: Pod\napiVersion: v1\nmetadata: {name: a, labels: {b: yes}}", "x.yaml: the document (Pod a) has a metadata.labels.b that is the truth value true")]
    [InlineData("kind: List\napiVersion: v1\nitems: [null]", "x.yaml: the document: items[0] is null")]
    public void What_is_no_manifest_is_refused_with_the_place(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<YamlTextException>(() => Manifest.Read(text, "x.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Yaml_looks_like_kubectls()
    {
        var value = KubeObject.Parse(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","labels":{},"annotations":{"a/b":"true","when":"2020-01-01","script":"one\n  two\n"}},
             "spec":{"count":1,"f":1.5,"t":true,"z":null,"args":["-x","1","yes","a: b"],"list":[{"a":1,"b":{"c":"d"}},[1,[2]],{}],"e":[]}}
            """);

        Assert.Equal(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              labels: {}
              annotations:
                a/b: "true"
                when: "2020-01-01"
                script: |
                  one
                    two
            spec:
              count: 1
              f: 1.5
              t: true
              z: null
              args:
              - "-x"
              - "1"
              - "yes"
              - "a: b"
              list:
              - a: 1
                b:
                  c: d
              - - 1
                - - 2
              - {}
              e: []

            """.ReplaceLineEndings("\n"),
            Manifest.Write(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("Yes")]
    [InlineData("off")]
    [InlineData("0644")]
    [InlineData("1_000")]
    [InlineData("12:30:45")]
    [InlineData("1e3")]
    [InlineData(".inf")]
    [InlineData("0x1F")]
    [InlineData("- a")]
    [InlineData("# no")]
    [InlineData("a #b")]
    [InlineData("a: b")]
    [InlineData("a:")]
    [InlineData("<<")]
    [InlineData("=")]
    [InlineData("*a")]
    [InlineData("&a")]
    [InlineData("!a")]
    [InlineData("%a")]
    [InlineData("@a")]
    [InlineData("`a")]
    [InlineData("'a'")]
    [InlineData("\"a\"")]
    [InlineData("{a")]
    [InlineData("[a")]
    [InlineData("---")]
    [InlineData("...")]
    [InlineData("... x")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\nb\n")]
    [InlineData("a\n\n\n")]
    [InlineData("\na")]
    [InlineData(" a\nb")]
    [InlineData("a \nb")]
    [InlineData("a\r\nb")]
    [InlineData("a\nb ")]
    [InlineData("\u0085\u2028\uFEFF\u0007")]
    [InlineData("café 😀")]
    [InlineData("y")]
    [InlineData("0b11")]
    [InlineData("0o14")]
    [InlineData("190:20:30")]
    [InlineData("2001-12-14 21:59:43")]
    [InlineData("\uFFFE\u0000\u009f")]
    [InlineData("😀\nx")]
    [InlineData("https://example.com:443/x?y=z")]
    [InlineData("\\")]
    public void Every_string_survives_a_round_trip_as_value_key_and_list_item(string text)
    {
        var json = new JsonObject { ["v"] = text, [text + "k"] = new JsonArray(text, new JsonObject { [text] = text }),
            ["deep"] = new JsonObject { ["x"] = new JsonArray(new JsonArray(text)) } };

        var read = YamlText.Parse(YamlWriter.Write(json));

        Assert.True(JsonNode.DeepEquals(json, read), YamlWriter.Write(json));
    }

    [Fact]
    public void Text_above_the_basic_plane_is_written_as_it_is()
    {
        var text = YamlWriter.Write(new JsonObject { ["a"] = "😀", ["b"] = "😀 \"x\"\t", ["c"] = "😀\nx\n", ["😀"] = "d" });

        Assert.Equal("a: \"😀\"\nb: \"😀 \\\"x\\\"\\t\"\nc: |\n  😀\n  x\n\"😀\": d\n", text);
    }

    [Fact]
    public void A_long_key_says_that_it_is_one()
    {
        var json = new JsonObject { ["a"] = new JsonObject { [new string('k', 1100)] = new JsonArray("x"), [new string('l', 1100)] = "y" } };

        Assert.True(JsonNode.DeepEquals(json, YamlText.Parse(YamlWriter.Write(json))), YamlWriter.Write(json));
    }

    [Fact]
    public void A_bad_document_keeps_no_good_one_from_being_read()
    {
        const string List = "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: C}, {kind: D}]\n";
        var entries = Manifest.ReadEach("apiVersion: v1\nkind: A\n---\na: [\n---\nkind: B\n---\n" + List, "x.yaml");

        Assert.Equal(["A", null, null, "C", null], entries.Select(entry => entry.Value?.Kind));
        Assert.Equal(
            ["x.yaml: document 2: Line ", "x.yaml: document 3 has no apiVersion", "x.yaml: document 4: items[1] has no apiVersion"],
            entries.Where(entry => entry.Fault is not null).Select(entry => entry.Fault!.Message.Split("5,")[0].Split(", which")[0]));
    }

    [Fact]
    public void Several_objects_are_written_as_documents()
    {
        var objects = Manifest.Read(
            Manifest.Write([KubeObject.Parse("""{"apiVersion":"v1","kind":"A"}"""), KubeObject.Parse("""{"apiVersion":"v1","kind":"B"}""")]), "x");

        Assert.Equal(["A", "B"], objects.Select(value => value.Kind));
    }
}
