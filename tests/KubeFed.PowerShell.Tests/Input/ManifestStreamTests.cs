using System.Collections;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

public sealed class ManifestStreamTests
{
    public static TheoryData<object[], string> Streams() => new()
    {
        { ["kind: A", "metadata:", "  name: a"], "A" },
        { ["kind: A", "---", "kind: B"], "A B" },
        { ["kind: A\nx: 1\n", "kind: B\nx: 1\n"], "A B" },
        { ["""{"kind":"A"}""", """{"kind":"B"}"""], "A B" },
        { ["{", "\"kind\":\"A\"", "}"], "A" },
        { [new Hashtable { ["kind"] = "A" }, "kind: B", "x: 1", new Hashtable { ["kind"] = "C" }], "A B C" },
        { ["kind: A", string.Empty, "x: 1"], "A" },
        { ["""{"kind":"List","items":[{"kind":"A"},{"kind":"BList","items":[{"kind":"B"}]}]}"""], "A B" },
        { [], string.Empty },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Objects_texts_and_lines_are_told_apart(object[] stream, string kinds)
    {
        var read = new ManifestStream("InputObject");
        foreach (var item in stream)
        {
            read.Add(item);
        }

        Assert.Equal(kinds, string.Join(' ', read.End().Select(given => given.Value!["kind"]!.ToString())));
    }

    [Fact]
    public void A_fault_names_the_parameter_and_the_line()
    {
        var read = new ManifestStream("InputObject");
        read.Add("kind: A");
        read.Add("  b: [");

        var error = Assert.IsType<InputException>(Assert.Single(read.End()).Fault);
        Assert.Equal("InvalidManifest", error.Id);
        Assert.StartsWith("-InputObject: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_document_keeps_no_good_one_from_being_read()
    {
        var read = new ManifestStream("InputObject");
        read.Add("kind: A\n---\nb: [\n---\nkind: C\nmetadata: {labels: {on: yes}}\n---\nkind: D\n---\n5\n");

        var given = read.End();

        Assert.Equal(["A", null, null, "D", null], given.Select(one => one.Value?["kind"]?.ToString()));
        Assert.Collection(
            given.Where(one => one.Fault is not null).Select(one => one.Fault!.Message),
            said => Assert.StartsWith("-InputObject: document 2: Line ", said, StringComparison.Ordinal),
            said => Assert.Contains("metadata.labels.true that is the truth value true", said, StringComparison.Ordinal),
            said => Assert.Contains("document 5", said, StringComparison.Ordinal));
    }

    [Fact]
    public void Items_of_a_typed_list_have_its_kind()
    {
        var read = new ManifestStream("InputObject");
        read.Add("""{"apiVersion":"v1","kind":"ConfigMapList","items":[{"metadata":{"name":"a"}}, null]}""");

        var given = read.End();

        Assert.Equal("""{"metadata":{"name":"a"},"apiVersion":"v1","kind":"ConfigMap"}""", given[0].Value!.ToJsonString());
        Assert.Contains("items[1]", given[1].Fault!.Message, StringComparison.Ordinal);
    }
}
