using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Tests.Json;

public class JsonPatchTests
{
    // The examples of RFC 6902, appendix A, by number.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData(
        """{"baz":"qux","foo":["a",2,"c"]}""",
        """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
        """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/a","path":"/b"}]""", """{"a":1,"b":1}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null},{"op":"replace","path":"/a","value":1}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/a","value":1.0}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":[1]}]""", "[1]")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":{"b":1}}""")]
    public void A_patch_that_fits_is_carried_out(string document, string patch, string expected)
    {
        var before = JsonNode.Parse(document);

        var after = JsonPatch.Apply(before, (JsonArray)JsonNode.Parse(patch)!);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), after), after?.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(document), before), "the input changed");
    }

    [Theory]
    [InlineData("""{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""", "the value there is another")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""", "'baz' does not exist on the way there")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""", "the value there is another")]
    [InlineData("""{}""", """[{"op":"remove","path":"/a"}]""", "nothing there to remove")]
    [InlineData("""{}""", """[{"op":"replace","path":"/a","value":1}]""", "nothing there to replace")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/2","value":1}]""", "'2' is not an index of an array of 1")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/00","value":1}]""", "'00' is not an index")]
    [InlineData("""{"a":[1]}""", """[{"op":"remove","path":"/a/-"}]""", "nothing there to remove")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a/b","value":1}]""", "neither an object nor an array")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a","path":"/a/b"}]""", "can't be moved into itself")]
    [InlineData("""{}""", """[{"op":"move","from":"/x","path":"/a"}]""", "nothing at 'from' /x")]
    [InlineData("""{}""", """[{"op":"copy","from":"/x","path":"/a"}]""", "nothing at 'from' /x")]
    [InlineData("""{}""", """[{"op":"merge","path":"/a"}]""", "'merge' is not an operation")]
    [InlineData("""{}""", """[{"op":"Add","path":"/a","value":1}]""", "'Add' is not an operation")]
    [InlineData("""{}""", """[{"op":"add","path":"/a"}]""", "'value' is missing")]
    [InlineData("""{}""", """[{"op":"add","value":1}]""", "'path' must be a string")]
    [InlineData("""{}""", """[{"path":"/a","value":1}]""", "'op' must be a string")]
    [InlineData("""{}""", """[{"op":"add","path":"a","value":1}]""", "must be empty or start with '/'")]
    [InlineData("""{}""", """[{"op":"add","path":"/a~2","value":1}]""", "'~' must be written '~0'")]
    [InlineData("""{}""", """[{"op":"copy","path":"/a"}]""", "'from' must be a string")]
    [InlineData("""{}""", """[7]""", "not an object")]
    public void A_patch_that_does_not_fit_is_refused_with_the_reason(string document, string patch, string reason)
    {
        var error = Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(JsonNode.Parse(document), (JsonArray)JsonNode.Parse(patch)!));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.Operation);
    }

    [Fact]
    public void The_failing_operation_is_named_and_earlier_ones_leave_no_trace()
    {
        var document = JsonNode.Parse("""{"spec":{"replicas":1}}""");
        var patch = (JsonArray)JsonNode.Parse("""[{"op":"replace","path":"/spec/replicas","value":5},{"op":"test","path":"/spec/x","value":1}]""")!;

        var error = Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(document, patch));

        Assert.Equal((1, "/spec/x", true), (error.Operation, error.Path, error.IsTestFailure));
        Assert.Equal(1, (int)document!["spec"]!["replicas"]!);
    }

    [Fact]
    public void A_copied_value_is_a_value_of_its_own()
    {
        var patch = (JsonArray)JsonNode.Parse("""[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/x","value":1}]""")!;

        var after = JsonPatch.Apply(JsonNode.Parse("""{"a":{}}"""), patch);

        Assert.Equal("""{"a":{},"b":{"x":1}}""", after!.ToJsonString());
    }

    [Fact]
    public void A_patch_can_be_used_twice() // the values are cloned, so the patch keeps its own
    {
        var patch = (JsonArray)JsonNode.Parse("""[{"op":"add","path":"/a","value":{"x":1}}]""")!;

        _ = JsonPatch.Apply(new JsonObject(), patch);

        Assert.Equal("""{"a":{"x":1}}""", JsonPatch.Apply(new JsonObject(), patch)!.ToJsonString());
    }

    [Fact]
    public void A_document_that_must_stay_an_object_may_not_be_replaced_by_something_else()
    {
        var patch = (JsonArray)JsonNode.Parse("""[{"op":"replace","path":"","value":1}]""")!;

        Assert.Throws<JsonPatchException>(() => JsonPatch.ApplyToObject([], patch));
    }
}
