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

        Assert.Equal(kinds, string.Join(' ', read.End().Select(json => json["kind"]!.ToString())));
    }

    [Fact]
    public void A_fault_names_the_parameter_and_the_line()
    {
        var read = new ManifestStream("InputObject");
        read.Add("kind: A");
        read.Add("  b: [");

        var error = Assert.Throws<InputException>(read.End);
        Assert.Equal("InvalidManifest", error.Id);
        Assert.StartsWith("-InputObject: ", error.Message, StringComparison.Ordinal);
    }
}
