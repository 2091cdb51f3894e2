using System.Text.Json.Nodes;
using KubeFed.PowerShell.Input;
using KubeFed.PowerShell.Running;

namespace KubeFed.PowerShell.Tests.Input;

public sealed class TemplateInputTests
{
    [Fact]
    public void What_says_who_it_is_is_read_and_what_a_server_filled_in_is_left_out()
    {
        var manifest = Read(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              namespace: demo
              uid: 1234
              resourceVersion: "7"
              managedFields: []
              labels: { app: web }
            spec: { replicas: 2 }
            status: { readyReplicas: 1 }
            """);

        var template = TemplateInput.From(Assert.Single(manifest));

        Assert.Equal("apps/v1, Kind=Deployment", template.Kind.ToString());
        Assert.Equal(("web", "demo"), (template.Name, template.Namespace));
        Assert.Equal("""{"metadata":{"labels":{"app":"web"}},"spec":{"replicas":2}}""", template.Template.ToJsonString());
    }

    [Fact]
    public void A_bare_template_stays_as_it_is()
    {
        var template = TemplateInput.From((JsonObject)JsonNode.Parse("""{"data":{"a":"1"}}""")!);

        Assert.Null(template.Kind);
        Assert.Null(template.Name);
        Assert.Equal("""{"data":{"a":"1"}}""", template.Template.ToJsonString());
    }

    [Fact]
    public void Text_that_cannot_be_read_names_the_place()
    {
        var error = Assert.Throws<InputException>(() => Read("a: 1\nb: ["));

        Assert.Equal("InvalidManifest", error.Id);
        Assert.StartsWith("-Template: Line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_a_list_is_no_object() =>
        Assert.Equal("InvalidManifest", Assert.Throws<InputException>(() => Read("- a")).Id);

    [Fact]
    public void A_generated_name_is_told_of() =>
        Assert.Equal("once-", TemplateInput.From((JsonObject)JsonNode.Parse("""{"kind":"Job","metadata":{"generateName":"once-"}}""")!).Generated);

    private static IReadOnlyList<JsonObject> Read(string text) => new InputWarnings(warning => Assert.Fail(warning), "Template").Whole(text);
}
