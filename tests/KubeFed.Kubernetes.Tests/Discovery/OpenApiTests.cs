using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Discovery;

public class OpenApiTests
{
    private const string V3 = """
        {"components":{"schemas":{
          "w":{"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Deployment"}],"properties":{"spec":{"default":{},"allOf":[{"$ref":"#/components/schemas/s"}]},"status":{"type":"object"}}},
          "s":{"properties":{"replicas":{"type":"integer"},"self":{"$ref":"#/components/schemas/loop"},"gone":{"$ref":"#/components/schemas/none"}}},
          "loop":{"$ref":"#/components/schemas/loop"},
          "o":{"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Open"}],"x-kubernetes-preserve-unknown-fields":true,"properties":{"a":{}}}}}}
        """;

    private static readonly string V2 = V3.Replace("{\"components\":{\"schemas\":", "{\"definitions\":", StringComparison.Ordinal)
        .Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal)
        .TrimEnd()[..^1];

    [Theory]
    [InlineData("Deployment", "spec.replicas", true)]
    [InlineData("Deployment", "spec.other", false)]
    [InlineData("Deployment", "other", false)]
    [InlineData("Deployment", "status.x", null)]
    [InlineData("Deployment", "spec.self.x", null)]
    [InlineData("Deployment", "spec.gone.x", null)]
    [InlineData("Open", "b", null)]
    [InlineData("Unknown", "spec", null)]
    public async Task A_field_is_looked_up_in_either_form_of_document(string kind, string path, bool? expected)
    {
        var gvk = new GroupVersionKind("apps", "v1", kind);
        using var newer = new FakeApi(sent => sent.Path == "/openapi/v3/apis/apps/v1" ? FakeApi.Json(V3) : FakeApi.Refuse(404, "NotFound")).Client();
        using var older = new FakeApi(sent => sent.Path == "/openapi/v2" ? FakeApi.Json(V2) : FakeApi.Refuse(404, "NotFound")).Client();

        Assert.Equal(expected, await new OpenApiSchemas(newer).HasFieldAsync(gvk, path, CancellationToken.None));
        Assert.Equal(expected, await new OpenApiSchemas(older).HasFieldAsync(gvk, path, CancellationToken.None));
    }

    [Fact]
    public async Task A_document_is_read_once_and_a_failure_not_kept()
    {
        var down = true;
        var api = new FakeApi(_ => down ? FakeApi.Refuse(500, "InternalError") : FakeApi.Json(V3));
        using var client = api.Client();
        var schemas = new OpenApiSchemas(client);
        var kind = new GroupVersionKind("apps", "v1", "Deployment");
        await Assert.ThrowsAsync<KubeApiException>(() => schemas.HasFieldAsync(kind, "spec", CancellationToken.None));
        down = false;

        await schemas.HasFieldAsync(kind, "spec", CancellationToken.None);
        await schemas.HasFieldAsync(kind, "spec.replicas", CancellationToken.None);

        Assert.Equal(2, api.Requests.Count);
    }

    [Fact]
    public async Task What_is_no_document_is_a_typed_error()
    {
        using var client = new FakeApi(() => FakeApi.Json("<html>")).Client();

        await Assert.ThrowsAsync<KubeConnectionException>(() => new OpenApiSchemas(client).HasFieldAsync(new("", "v1", "Pod"), "spec", CancellationToken.None));
    }
}
